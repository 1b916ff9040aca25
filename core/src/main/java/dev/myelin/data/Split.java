package dev.myelin.data;

/**
 * Two parts of one data set that share no sample.
 *
 * @param train what a model is fitted to
 * @param test what it is judged by
 */
public record Split(Dataset train, Dataset test) {}
