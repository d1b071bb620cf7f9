package io.pekkoraft.testkit.scenario;

import io.pekkoraft.testkit.Operation;
import io.pekkoraft.testkit.Stage;
import io.pekkoraft.testkit.StageTrace;
import io.pekkoraft.testkit.TransferOperation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One run of a scenario: its stage, and what its names stand for now. */
final class Run {
  final Stage stage;
  final StageTrace trace;
  private final Map<String, String> members = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private final Map<String, List<Operation>> requests = new HashMap<>();
  private final Map<String, TransferOperation> transfers = new HashMap<>();
  private final Map<String, TransferOperation> underWay = new HashMap<>();
  private final boolean scripted;
  private List<String> told = new ArrayList<>();

  /**
   * @param scripted nothing is left to chance
   */
  Run(Stage stage, boolean scripted) {
    this.stage = stage;
    this.scripted = scripted;
    this.trace = stage.trace(line -> told.add(line));
    stage.afterEvents(this::tellTransfers);
    stage.members().forEach(member -> members.put(member, member));
  }

  boolean isScripted() {
    return scripted;
  }

  // --- names

  String member(String name) {
    return get(members, name, "member");
  }

  void nameMember(String name, String member) {
    members.put(name, member);
    if (!name.equals(member)) {
      tell(name + " is " + member);
    }
  }

  /** Members that a name was given to. */
  List<String> named() {
    return members.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(entry.getValue()))
        .map(Map.Entry::getValue)
        .toList();
  }

  long number(String name) {
    return get(numbers, name, "number");
  }

  void nameNumber(String name, long number) {
    numbers.put(name, number);
  }

  List<Operation> requests(String name) {
    return get(requests, name, "request");
  }

  void addRequest(String name, Operation operation) {
    requests.computeIfAbsent(name, key -> new ArrayList<>()).add(operation);
  }

  TransferOperation transfer(String name) {
    return get(transfers, name, "transfer");
  }

  void nameTransfer(String name, TransferOperation transfer) {
    transfers.put(name, transfer);
    underWay.put(name, transfer);
  }

  private static <T> T get(Map<String, T> map, String name, String what) {
    T value = map.get(name);
    if (value == null) {
      throw new AssertionError("there is no " + what + " " + name + " yet");
    }
    return value;
  }

  // --- the trace

  void tell(String line) {
    told.add(line);
  }

  private void tellTransfers() {
    if (underWay.isEmpty()) {
      return;
    }
    for (String name : List.copyOf(underWay.keySet())) {
      TransferOperation transfer = underWay.get(name);
      if (transfer != null && transfer.outcome() != null) {
        underWay.remove(name);
        trace.tell(StageTrace.Kind.TRANSFERS, name, Outcomes.text(transfer.outcome()));
      }
    }
  }

  /** What was told since the last call. */
  List<String> takeTold() {
    tellTransfers();
    List<String> lines = told;
    told = new ArrayList<>();
    return lines;
  }
}
