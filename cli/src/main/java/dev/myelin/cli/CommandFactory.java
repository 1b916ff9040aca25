package dev.myelin.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes picocli's commands, and gives a screen to those that print. */
final class CommandFactory implements IFactory {
  private final Screen screen;

  CommandFactory(Screen screen) {
    this.screen = screen;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == TrainCommand.class) {
      return type.cast(new TrainCommand(screen));
    }
    if (type == EvalCommand.class) {
      return type.cast(new EvalCommand(screen));
    }
    if (type == PredictCommand.class) {
      return type.cast(new PredictCommand(screen));
    }
    if (type == ExportCommand.class) {
      return type.cast(new ExportCommand(screen));
    }
    if (type == DevicesCommand.class) {
      return type.cast(new DevicesCommand(screen));
    }
    if (type == TuneCommand.class) {
      return type.cast(new TuneCommand(screen));
    }
    if (type == BenchCommand.class) {
      return type.cast(new BenchCommand(screen));
    }
    if (type == DoctorCommand.class) {
      return type.cast(new DoctorCommand(screen));
    }
    return CommandLine.defaultFactory().create(type);
  }
}
