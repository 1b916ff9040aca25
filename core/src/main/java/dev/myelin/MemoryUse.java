package dev.myelin;

/**
 * How much of a device's memory is taken.
 *
 * @param usedBytes what this backend's buffers take now
 * @param totalBytes what they may take at most
 */
public record MemoryUse(long usedBytes, long totalBytes) {}
