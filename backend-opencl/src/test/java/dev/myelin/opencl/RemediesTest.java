package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RemediesTest {
  @Test
  void of_knowsTheSystemsAndTheirRelatives() {
    assertEquals(Remedies.DEBIAN, Remedies.of("Linux", "NAME=x\nID=debian\n"));
    assertEquals(
        Remedies.DEBIAN, Remedies.of("Linux", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
    assertEquals(Remedies.FEDORA, Remedies.of("Linux", "ID=fedora\n"));
    assertEquals(
        Remedies.FEDORA, Remedies.of("Linux", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"));
    assertEquals(Remedies.WINDOWS, Remedies.of("Windows 11", ""));
    assertEquals(Remedies.MAC, Remedies.of("Mac OS X", ""));
    assertEquals(Remedies.OTHER, Remedies.of("Linux", ""));
    assertEquals(Remedies.OTHER, Remedies.of("Linux", "NAME=\"not debian\"\nID=arch\n"));
  }

  @Test
  void remedies_nameThePackages() {
    assertTrue(Remedies.DEBIAN.forNoLoader().contains("apt install ocl-icd-libopencl1"));
    assertTrue(Remedies.DEBIAN.forNoDriver().contains("apt install pocl-opencl-icd"));
    assertTrue(Remedies.FEDORA.forNoLoader().contains("dnf install ocl-icd"));
    assertTrue(Remedies.FEDORA.forNoDriver().contains("dnf install pocl"));
    assertTrue(Remedies.WINDOWS.forNoLoader().contains("OpenCL.dll"));
  }
}
