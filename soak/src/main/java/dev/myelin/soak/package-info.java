/** What shows only in the long run: memory that grows, handles that are not given back. */
package dev.myelin.soak;
