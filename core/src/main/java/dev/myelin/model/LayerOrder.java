package dev.myelin.model;

import dev.myelin.model.StateDictFile.LinearLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order of layers that are known by name and shape alone: a state dict does not keep it, and
 * safetensors files sort their tensors.
 *
 * <p>An order is possible when every layer takes what the one before gives, and layers whose names
 * differ in numbers only ("net.0", "net.2"; "fc1", "fc10") come in the order of these. It is told
 * when exactly one order is possible: by the numbers of an nn.Sequential always, by shapes alone
 * where they leave no choice. Whether the program ran its modules in that order, no file says.
 */
final class LayerOrder {
  /** A network has a dozen layers; a file of hundreds with names like no other is none. */
  private static final int MAX_STEPS = 100_000;

  private final List<LinearLayer> layers;
  private final List<String> wordings = new ArrayList<>();
  private final List<int[]> numbers = new ArrayList<>();
  private final boolean[] used;
  private final List<LinearLayer> path = new ArrayList<>();
  private final List<List<LinearLayer>> found = new ArrayList<>();
  private int steps;

  private LayerOrder(List<LinearLayer> layers) {
    this.layers = layers;
    this.used = new boolean[layers.size()];
    for (LinearLayer layer : layers) {
      wordings.add(layer.prefix().replaceAll("\\d+", "#"));
      numbers.add(
          Arrays.stream(layer.prefix().split("\\D+"))
              .filter(digits -> !digits.isEmpty())
              .mapToInt(LayerOrder::number)
              .toArray());
    }
  }

  /** A number so large is no index; all such are alike, so that they tell nothing. */
  private static int number(String digits) {
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  /**
   * The layers, the first one first.
   *
   * @throws ModelDescription.Fault when no order is possible, or more than one
   */
  static List<LinearLayer> of(List<LinearLayer> layers) {
    if (layers.isEmpty()) {
      throw new ModelDescription.Fault("there is no tensor that ends in .weight, so no layer");
    }
    LayerOrder order = new LayerOrder(layers);
    order.extend();
    if (order.found.isEmpty() && order.steps < MAX_STEPS) {
      throw new ModelDescription.Fault(
          "no order of the layers "
              + layers
              + " lets each take what the one before gives, with rising numbers in their names");
    }
    if (order.found.size() != 1 || order.steps >= MAX_STEPS) {
      throw new ModelDescription.Fault(
          "the order of the layers "
              + layers
              + " cannot be told from their names and shapes: number them, as the state dict of an"
              + " nn.Sequential does (0.weight, 2.weight, ...)");
    }
    return order.found.get(0);
  }

  /** Tries every layer that may come next; ends with the second order, which is one too many. */
  private void extend() {
    steps++;
    if (path.size() == layers.size()) {
      found.add(List.copyOf(path));
      return;
    }
    for (int i = 0; i < layers.size() && found.size() < 2 && steps < MAX_STEPS; i++) {
      if (mayComeNext(i)) {
        used[i] = true;
        path.add(layers.get(i));
        extend();
        path.remove(path.size() - 1);
        used[i] = false;
      }
    }
  }

  private boolean mayComeNext(int candidate) {
    if (used[candidate]) {
      return false;
    }
    LinearLayer layer = layers.get(candidate);
    if (!path.isEmpty() && path.get(path.size() - 1).outputs() != layer.inputs()) {
      return false;
    }
    for (int i = 0; i < layers.size(); i++) {
      boolean isNumberedAlike = wordings.get(i).equals(wordings.get(candidate));
      if (!used[i]
          && isNumberedAlike
          && Arrays.compare(numbers.get(i), numbers.get(candidate)) < 0) {
        return false;
      }
    }
    return true;
  }
}
