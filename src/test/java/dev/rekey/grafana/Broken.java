package dev.rekey.grafana;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A small board without a fault, and copies of it with one. */
final class Broken {

  private static final String GOOD =
      """
      {"title": "Small", "uid": "small", "description": "A board.", "tags": ["rekey"],
       "refresh": "1m", "time": {"from": "now-1d", "to": "now"},
       "links": [{"type": "dashboards", "tags": ["rekey"]}],
       "templating": {"list": [
        {"name": "datasource", "label": "Data source", "description": "Rekey.",
         "type": "datasource", "query": "yesoreyeram-infinity-datasource",
         "current": {"value": "rekey-audit"}},
        {"name": "team", "label": "Team", "description": "A team.", "type": "query",
         "multi": true, "includeAll": true, "allValue": "&", "regex": "/.+/", "datasource": DS,
         "query": {"infinityQuery": {"refId": "variable", "type": "json", "source": "url",
          "parser": "backend", "format": "table", "url": "/teams",
          "url_options": {"method": "GET", "data": "", "params": []},
          "root_selector": "teams", "columns": [
           {"selector": "team", "text": "team", "type": "string"}], "filters": []}}}]},
       "panels": [
        {"id": 1, "type": "row", "title": "Row", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
        {"id": 2, "type": "table", "title": "Events", "description": "All events.",
         "gridPos": {"x": 0, "y": 1, "w": 24, "h": 8}, "datasource": DS,
         "fieldConfig": {"defaults": {"noValue": "0"}, "overrides": [
          {"matcher": {"id": "byName", "options": "Count"}, "properties": [
           {"id": "links", "value": [
            {"url": "/d/small?${datasource:queryparam}&var-team=${__data.fields.Team}"}]}]}]},
         "options": {"sortBy": [{"displayName": "Time"}]},
         "transformations": [{"id": "organize", "options": {"indexByName": {"Time": 0}}}],
         "targets": [{"refId": "A", "type": "json", "source": "url", "parser": "backend",
          "format": "table", "url": "/events?${team:customqueryparam:team}", "datasource": DS,
          "url_options": {"method": "GET", "data": "",
           "params": [{"key": "from", "value": "${__from}"}]},
          "root_selector": "rows", "columns": [
           {"selector": "time", "text": "Time", "type": "timestamp"},
           {"selector": "actor.team", "text": "Team", "type": "string"},
           {"selector": "count", "text": "Count", "type": "number"}], "filters": []}]}]}
      """
          .replace("DS", "{\"type\": \"" + Board.INFINITY + "\", \"uid\": \"${datasource}\"}");

  private Broken() {}

  static Board good() {
    return new Board(JsonMapper.shared().readTree(GOOD));
  }

  /** A copy with another value at a pointer; the value is JSON. */
  static Board with(String pointer, String value) {
    Board board = good();
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = board.json().at(pointer.substring(0, slash));
    String name = pointer.substring(slash + 1);
    JsonNode node = JsonMapper.shared().readTree(value);
    switch (parent) {
      case ObjectNode object -> object.set(name, node);
      case ArrayNode array when name.equals("-") -> array.add(node);
      case ArrayNode array -> array.set(Integer.parseInt(name), node);
      default -> throw new IllegalArgumentException(pointer);
    }
    return board;
  }
}
