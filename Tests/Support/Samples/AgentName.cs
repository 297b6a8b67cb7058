namespace TimeSeries.Tests.Support.Samples;

/// <summary>The agent of a batch's envelope, as it stands on the wire: what is null is left out.</summary>
public sealed record AgentName(string Oname, int? Oid = null, string? Okind = null, string? Onode = null);
