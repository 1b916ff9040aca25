/** Trained networks as files, and training runs that are not finished. */
package dev.myelin.model;
