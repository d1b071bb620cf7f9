package io.pekkoraft.coordination;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The whole table after one of its commands. Never changes; any thread may read it. */
public final class TableView {
  private final NavigableMap<String, TableEntry> entries;
  private final Map<SessionId, List<TableEntry>> byHolder = new HashMap<>();
  private final long appliedIndex;

  /** Keeps a copy. */
  TableView(NavigableMap<String, TableEntry> present, long appliedIndex) {
    this.entries = new TreeMap<>(present);
    this.appliedIndex = appliedIndex;
    for (TableEntry entry : entries.values()) {
      byHolder.computeIfAbsent(entry.holder(), holder -> new ArrayList<>()).add(entry);
    }
  }

  /** Index of the last command, whatever its result; 0 before the first. */
  public long appliedIndex() {
    return appliedIndex;
  }

  /** Who holds the name, or null. */
  public @Nullable TableEntry entry(String name) {
    return entries.get(name);
  }

  /** Sorted by name. */
  public Collection<TableEntry> entries() {
    return Collections.unmodifiableCollection(entries.values());
  }

  /** Sorted by name. */
  public List<TableEntry> heldBy(SessionId holder) {
    return Collections.unmodifiableList(byHolder.getOrDefault(holder, List.of()));
  }
}
