package dev.myelin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
public final class Main {
  /** The help's examples are this wide. */
  private static final int LEAST_HELP_COLUMNS = 84;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments, Screen.ofProcess()));
  }

  /**
   * Runs one command in this process, as if neither stream were a terminal.
   *
   * @param out results
   * @param err progress, logs and errors
   * @return the exit code, see {@link ExitCode}
   */
  public static int run(String[] arguments, PrintStream out, PrintStream err) {
    return run(arguments, Screen.plain(out, err));
  }

  static int run(String[] arguments, Screen screen) {
    CommandLine commandLine =
        new CommandLine(new MyelinCommand(), new CommandFactory(screen))
            .setOut(new PrintWriter(screen.out(), true, UTF_8))
            .setErr(new PrintWriter(screen.err(), true, UTF_8))
            .setColorScheme(
                CommandLine.Help.defaultColorScheme(screen.outStyle().isOn() ? Ansi.ON : Ansi.OFF))
            .setUsageHelpWidth(Math.max(LEAST_HELP_COLUMNS, Math.min(100, screen.columns())))
            .setUsageHelpAutoWidth(false)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((error, given) -> usageError(error, screen))
            .setExecutionExceptionHandler(
                (failure, command, parsed) -> fail(failure, command, parsed, screen));
    int exitCode;
    try {
      requireEachOnce(arguments, commandLine);
      exitCode = commandLine.execute(arguments);
    } catch (ParameterException repeated) {
      exitCode = usageError(repeated, screen);
    } catch (Throwable error) {
      // Whatever comes here, a user gets one line, and a stack trace only with --debug.
      exitCode = fail(error, commandLine, commandLine.getParseResult(), screen);
    }
    exitCode = checkOut(exitCode, screen);
    screen.err().flush();
    return exitCode;
  }

  /**
   * Refuses options that are given twice: of those in groups, picocli would silently set all others
   * of the group back to their defaults.
   */
  private static void requireEachOnce(String[] arguments, CommandLine commandLine) {
    CommandLine command =
        arguments.length == 0 ? null : commandLine.getSubcommands().get(arguments[0]);
    if (command == null) {
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < arguments.length; i++) {
      String name = arguments[i].replaceFirst("=.*", "");
      OptionSpec option = command.getCommandSpec().findOption(name);
      if (option == null) {
        continue;
      }
      if (!seen.add(option.longestName())) {
        throw new ParameterException(command, name + " is given twice: give it once");
      }
      boolean takesNext = option.arity().min() > 0 && name.equals(arguments[i]);
      i += takesNext ? option.arity().min() : 0;
    }
  }

  /** A stream that is full or closed swallows results without an exception. */
  private static int checkOut(int exitCode, Screen screen) {
    if (!screen.out().checkError() || exitCode != ExitCode.OK) {
      return exitCode;
    }
    print(screen, "cannot write to standard output: it is full or closed, so results are missing");
    return ExitCode.DATA;
  }

  private static int usageError(ParameterException error, Screen screen) {
    return printUsageError(message(error), error.getCommandLine(), screen);
  }

  private static String message(ParameterException error) {
    if (!(error instanceof UnmatchedArgumentException unmatched)) {
      return error.getMessage();
    }
    String word = unmatched.getUnmatched().get(0);
    boolean isCommand = error.getCommandLine().getParent() == null && !unmatched.isUnknownOption();
    List<String> suggestions = unmatched.getSuggestions();
    return (isCommand ? "unknown command '" : "unknown option or argument '")
        + word
        + "'"
        + (suggestions.isEmpty() ? "" : ", did you mean " + String.join(" or ", suggestions) + "?");
  }

  private static int printUsageError(String message, CommandLine command, Screen screen) {
    print(screen, message.strip().replaceAll("\\s*\\R\\s*", " "));
    screen
        .err()
        .println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for the options.");
    return ExitCode.USAGE;
  }

  private static int fail(
      Throwable failure, CommandLine command, ParseResult parsed, Screen screen) {
    ErrorReport report = ErrorReport.of(failure);
    if (isDebugging(parsed)) {
      failure.printStackTrace(screen.err());
    }
    if (report.exitCode() == ExitCode.USAGE) {
      return printUsageError(report.message(), command, screen);
    }
    print(screen, report.message());
    return report.exitCode();
  }

  private static void print(Screen screen, String message) {
    screen.err().println(screen.errStyle().error("error:") + " " + message);
  }

  private static boolean isDebugging(ParseResult parsed) {
    for (ParseResult each = parsed; each != null; each = each.subcommand()) {
      if (each.hasMatchedOption("--debug")) {
        return true;
      }
    }
    return false;
  }
}
