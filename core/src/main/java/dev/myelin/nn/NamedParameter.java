package dev.myelin.nn;

/**
 * A parameter's values on the host.
 *
 * @param name as PyTorch's nn.Sequential has it: "0.weight"
 * @param shape [out, in] of a weight, [out] of a bias
 * @param values row by row
 */
public record NamedParameter(String name, int[] shape, float[] values) {}
