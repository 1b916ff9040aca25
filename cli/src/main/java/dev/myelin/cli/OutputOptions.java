package dev.myelin.cli;

import picocli.CommandLine.Option;

/** What is printed, and in which form. */
final class OutputOptions {
  @Option(names = "--json", description = "print the result as one JSON document")
  boolean json;

  @Option(names = "--quiet", description = "print the result only: no progress, no table")
  boolean quiet;

  @Option(names = "--debug", description = "print the stack trace of an error")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;
}
