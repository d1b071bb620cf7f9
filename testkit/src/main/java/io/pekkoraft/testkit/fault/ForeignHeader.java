package io.pekkoraft.testkit.fault;

import io.pekkoraft.log.GroupIdentity;
import io.pekkoraft.log.NodeId;
import io.pekkoraft.message.Header;
import io.pekkoraft.message.NodeCommand.Envelope;
import io.pekkoraft.message.PeerMessage;

/**
 * How a header can say that a message is not of a member of this group, or not meant for its
 * receiver as it is now.
 */
public enum ForeignHeader {
  OTHER_CLUSTER {
    @Override
    Header of(Header header, long stranger) {
      GroupIdentity group = header.group();
      return ofGroup(header, new GroupIdentity("another", group.group(), group.incarnation()));
    }
  },
  OTHER_GROUP {
    @Override
    Header of(Header header, long stranger) {
      GroupIdentity group = header.group();
      return ofGroup(header, new GroupIdentity(group.cluster(), "another", group.incarnation()));
    }
  },
  /** The same group, formed anew. */
  OTHER_FORMATION {
    @Override
    Header of(Header header, long stranger) {
      GroupIdentity group = header.group();
      return ofGroup(
          header, new GroupIdentity(group.cluster(), group.group(), group.incarnation() + 1));
    }
  },
  /** A sender whose data directory the group never admitted. */
  OTHER_INCARNATION {
    @Override
    Header of(Header header, long stranger) {
      return from(header, header.from(), header.fromIncarnation() - 1, header.fromLife());
    }
  },
  /** Addressed to another data directory of the receiver. */
  OTHER_RECEIVER {
    @Override
    Header of(Header header, long stranger) {
      return to(header, header.toIncarnation() - 1, header.toLife());
    }
  },
  /** Addressed to another start of the receiver. */
  OTHER_LIFE {
    @Override
    Header of(Header header, long stranger) {
      return to(header, header.toIncarnation(), header.toLife() ^ 2);
    }
  },
  /** Of somebody who is no member; what such a one asks for a vote is judged, not dropped. */
  NON_MEMBER {
    @Override
    Header of(Header header, long stranger) {
      return from(header, NodeId.of("stranger"), 7, stranger);
    }
  };

  private static final int TERMS_LATER = 105;

  /**
   * @param header as a member has sent it
   * @param stranger the life of whoever is no member
   */
  abstract Header of(Header header, long stranger);

  /** A message with such a header. */
  public Envelope of(Envelope sent, long stranger) {
    return new Envelope(of(sent.header(), stranger), sent.message());
  }

  /** The same of a much later term: believed by mistake, it would show. */
  public Envelope later(Envelope sent, long stranger) {
    PeerMessage message = sent.message();
    return new Envelope(
        of(sent.header(), stranger), message.accept(new OtherTerm(message.term() + TERMS_LATER)));
  }

  private static Header ofGroup(Header header, GroupIdentity group) {
    return new Header(
        group,
        header.from(),
        header.fromIncarnation(),
        header.fromLife(),
        header.to(),
        header.toIncarnation(),
        header.toLife());
  }

  private static Header from(Header header, NodeId from, long incarnation, long life) {
    return new Header(
        header.group(),
        from,
        incarnation,
        life,
        header.to(),
        header.toIncarnation(),
        header.toLife());
  }

  private static Header to(Header header, long incarnation, long life) {
    return new Header(
        header.group(),
        header.from(),
        header.fromIncarnation(),
        header.fromLife(),
        header.to(),
        incarnation,
        life);
  }
}
