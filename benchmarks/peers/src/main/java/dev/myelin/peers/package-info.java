/**
 * Myelin beside other libraries: the same work, the same number of threads, the same precision, in
 * turns.
 *
 * <p>{@link dev.myelin.peers.PeerComparison} is the run, {@link dev.myelin.peers.PeerReport} makes
 * the README's table and the plots of what it wrote. Each library runs in a process of its own
 * ({@link dev.myelin.peers.PeerProcess}), because their native parts disturb each other in one: two
 * OpenMP runtimes, two versions of JavaCPP, threads that spin after their work.
 */
package dev.myelin.peers;
