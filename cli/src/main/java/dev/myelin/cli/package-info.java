/** The command line: options, files and screen; all else is {@link dev.myelin.nn}'s. */
package dev.myelin.cli;
