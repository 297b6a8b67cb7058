namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>A text bound to a name in a statement: it reaches the server beside the statement and never becomes a part of it.</summary>
internal readonly record struct InfluxParameter(string Name, string Value);
