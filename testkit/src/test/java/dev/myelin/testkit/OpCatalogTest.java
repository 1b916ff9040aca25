package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.myelin.Ops;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpCatalogTest {
  @Test
  void calls_areOfEveryOperationAndNoOther() {
    Set<String> operations =
        Arrays.stream(Ops.class.getMethods()).map(Method::getName).collect(Collectors.toSet());
    Set<String> called =
        OpCatalog.calls().stream().map(Call::operation).collect(Collectors.toSet());
    assertEquals(operations, called);
  }

  @Test
  void calls_haveDifferentTitlesAndNameTheirOutputs() {
    List<String> titles = OpCatalog.calls().stream().map(Call::title).toList();
    assertEquals(new HashSet<>(titles).size(), titles.size(), titles.toString());
    for (Call call : OpCatalog.calls()) {
      Set<String> slots = call.slots().stream().map(Slot::name).collect(Collectors.toSet());
      assertEquals(call.slots().size(), slots.size(), call.title());
      assertEquals(Set.of(), difference(call.outputs(), slots), call.title());
      assertEquals(Set.of(), difference(call.optional(), slots), call.title());
      assertFalse(call.outputs().isEmpty(), call.title());
    }
  }

  private static Set<String> difference(Set<String> names, Set<String> others) {
    Set<String> left = new HashSet<>(names);
    left.removeAll(others);
    return left;
  }

  @Test
  void outputPositions_ofAnOperationWithOptionalOutputs_areAllOfThem() {
    assertEquals(Set.of(4, 5), OpCatalog.outputPositions("linear"));
    assertEquals(Set.of(5, 6), OpCatalog.outputPositions("sgd"));
    assertEquals(Set.of(), OpCatalog.outputPositions("unknown"));
  }
}
