package dev.myelin.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void of_nothing_takesEverythingAndEverybody() {
    Options options = Options.of();
    assertEquals(2, options.threads());
    assertEquals(Workloads.all(), options.workloads());
    assertEquals(List.of(Peer.values()), options.peers());
  }

  @Test
  void of_parts_takesTheWorkloadsThatHoldOneOfThem() {
    Options options = Options.of("--only=train s,relu", "--peers=MKL,MYELIN", "--threads=1");
    assertEquals(
        List.of(Workload.of("train s"), Workload.of("map relu 1000000")), options.workloads());
    assertEquals(List.of(Peer.MKL, Peer.MYELIN), options.peers());
    assertEquals(1, options.threads());
  }

  @Test
  void of_unknownOption_throwsWithItsName() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Options.of("--thread=1"));
    assertTrue(refused.getMessage().startsWith("unknown option --thread=1; there are "));
  }
}
