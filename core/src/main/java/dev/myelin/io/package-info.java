/**
 * Files: safetensors, the JSON inside them and on the command line, and writing that is whole or
 * not at all.
 */
package dev.myelin.io;
