package io.pekkoraft.bootstrap;

import io.pekkoraft.cluster.OperatorException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Looks whether a port can be listened at, before anything is started that would fail in its
 * middle.
 */
final class PortCheck {
  private PortCheck() {}

  /**
   * @param what what the port is for, as the message should call it
   * @param key where it is configured
   * @throws OperatorException if it is in use, or the host is not one of this machine
   */
  static void require(String what, String key, String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (BindException refused) {
      throw OperatorException.configuration(
          "the "
              + what
              + " cannot listen at "
              + host
              + ":"
              + port
              + " ("
              + key
              + "): "
              + refused.getMessage()
              + ". Is another process, or this node already, running there?");
    } catch (UnknownHostException unknown) {
      throw OperatorException.configuration(
          "the " + what + " cannot listen at '" + host + "' (" + key + "): unknown host.");
    } catch (IOException failed) {
      throw OperatorException.configuration(
          "the " + what + " cannot listen at " + host + ":" + port + " (" + key + "): " + failed);
    }
  }
}
