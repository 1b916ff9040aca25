/**
 * Which of several ways to do one piece of work is faster: {@link dev.myelin.cli.bench.Comparison}
 * lets {@link dev.myelin.cli.bench.Contender}s take turns and says what can be told from noise, and
 * what cannot.
 */
package dev.myelin.cli.bench;
