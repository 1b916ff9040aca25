package dev.myelin.cli;

/**
 * Something that could be better.
 *
 * @param what is wrong
 * @param remedy what the user can do, if possible the command
 */
record Finding(String what, String remedy) {}
