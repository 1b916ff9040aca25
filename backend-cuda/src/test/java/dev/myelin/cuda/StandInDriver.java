package dev.myelin.cuda;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Loads the stand-in. */
public final class StandInDriver implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    System.load("/tmp/emu/libcuda.so.1");
  }
}
