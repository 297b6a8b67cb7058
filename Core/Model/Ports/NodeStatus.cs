namespace TimeSeries.Core.Model.Ports;

/// <summary>What a node says of itself in its heartbeat.</summary>
/// <param name="Through">What it answered 200 through here, in ms, is in the store.</param>
/// <param name="IsOpen">Whether it may have accepted more, or will.</param>
/// <param name="Instance">Random id of the process that says so; 0 in heartbeats of earlier versions.</param>
/// <param name="NextNumber">The sequence number behind all samples that it may have sent.</param>
/// <param name="At">When it said so, in ms by its own clock.</param>
public readonly record struct NodeStatus(long Through, bool IsOpen, ulong Instance, long NextNumber, long At);
