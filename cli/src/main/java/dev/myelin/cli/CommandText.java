package dev.myelin.cli;

import dev.myelin.DeviceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The command line of this process as a shell takes it, on this very device: what is best may
 * change, and the same bits are promised on one device only.
 *
 * @param arguments the command's name first
 */
record CommandText(List<String> arguments, DeviceInfo device) {
  private static final Set<String> WITH_VALUE = Set.of("--device", "--checkpoint", "--every");
  private static final Set<String> OF_CHECKPOINTS = Set.of("--checkpoint", "--every", "--resume");

  /** The same run again, from its beginning. */
  String toRepeat() {
    return without(OF_CHECKPOINTS);
  }

  /** This run from its newest checkpoint. */
  String toResume() {
    return without(Set.of("--resume")) + " --resume";
  }

  private String without(Set<String> options) {
    List<String> words = new ArrayList<>(List.of("myelin", arguments.get(0)));
    words.addAll(List.of("--device", device.id()));
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      String name = argument.replaceFirst("(?s)=.*", "");
      if (!name.equals("--device") && !options.contains(name)) {
        words.add(ShellWord.quote(argument));
      } else if (WITH_VALUE.contains(argument)) {
        i++;
      }
    }
    return String.join(" ", words);
  }
}
