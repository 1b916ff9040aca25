/**
 * Files: safetensors, the JSON inside them and on the command line, ONNX and NumPy's archives for
 * other tools, and writing that is whole or not at all.
 */
package dev.myelin.io;
