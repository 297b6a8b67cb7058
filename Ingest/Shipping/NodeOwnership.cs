using System.Security.Cryptography;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Hosting.Web;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Shipping;

/// <summary>
/// Makes sure that only one process writes samples of a node to a shared store. A copy of a data directory would give its samples the numbers, and so the
/// points, of the original's. Who has the node stands in its heartbeat: when another process has it, or has gone further, this directory goes on as a new node.
/// Not thread safe.
/// </summary>
internal sealed partial class NodeOwnership(
    StoreRoute route, DataDirectory directory, SequencedLog log, ShippingGate gate, TimeProvider clock, ILogger<NodeOwnership> logger)
    : IReadinessNote
{
    // A process that runs says so every second; a slow store may lose a word or two.
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(3);

    // Two copies that are started together both say that they have the node. The last word counts.
    private static readonly TimeSpan _objection = TimeSpan.FromSeconds(1);

    private readonly ulong _instance = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private Phase _phase;
    private long _firstNumber;
    private NodeStatus _seen;
    private long _since;
    private long _saidAt = long.MinValue;
    private volatile bool _isFailing;

    private enum Phase : byte
    {
        /// <summary>The heartbeat has not been read.</summary>
        Unknown,

        /// <summary>The last process did not stop in good order, or still runs.</summary>
        Watching,

        /// <summary>This process has said that the node is its own.</summary>
        Claimed,

        /// <summary>Nobody objected.</summary>
        Owned,
    }

    /// <summary>Whether this process may write samples as the node.</summary>
    public bool IsOwned => gate.Opened.IsCompleted;

    /// <summary>Says so while it can't be found out who has the node.</summary>
    public string? Text => _isFailing && !IsOwned ? "The store does not say who writes as this node. Samples wait in the WAL." : null;

    /// <summary>Begins, before the host takes pushes: what it takes from now on is this process's own.</summary>
    public void Begin() => _firstNumber = log.NextNumber;

    /// <summary>One step: looks who has the node. Returns the heartbeat to be written, or null when this process may not write one yet.</summary>
    /// <param name="through">See <see cref="NodeStatus.Through"/>.</param>
    /// <param name="isOpen">See <see cref="NodeStatus.IsOpen"/>.</param>
    /// <param name="cancellationToken">Ends the step.</param>
    public async Task<NodeStatus?> LookAsync(long through, bool isOpen, CancellationToken cancellationToken)
    {
        try
        {
            NodeStatus? found = await route.LogFed!.FindHeartbeatAsync(directory.NodeIdOf(log.NextNumber), cancellationToken);
            Advance(found);
            _isFailing = false;
        }
        catch (Exception fault) when (fault is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            Report(fault);
        }
        catch (OperationCanceledException)
        {
            _isFailing = true;
            throw;
        }

        if (_phase is Phase.Unknown or Phase.Watching)
        {
            return null;
        }

        // Never back, as the clock may go: the greatest is the last word.
        _saidAt = Math.Max(_saidAt, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return new NodeStatus(through, isOpen, _instance, Math.Max(gate.NextNumber, _firstNumber), _saidAt);
    }

    private void Advance(NodeStatus? found)
    {
        if (found is not { } status)
        {
            Own();
        }
        else if (_phase == Phase.Owned)
        {
            if (status.Instance != _instance || status.At > _saidAt)
            {
                gate.Split(BeginNode);
            }
        }
        else if (IsAnothers(status) || (_phase == Phase.Watching && status != _seen))
        {
            BeginNode(_firstNumber);
            Own();
        }
        else if (_phase == Phase.Claimed && status.Instance == _instance)
        {
            if (clock.GetElapsedTime(_since) >= _objection)
            {
                Own();
            }
        }
        else if (status.IsOpen && status.Instance != 0 && _phase != Phase.Watching)
        {
            (_phase, _seen, _since) = (Phase.Watching, status, clock.GetTimestamp());
        }
        else if (_phase != Phase.Watching || clock.GetElapsedTime(_since) >= _silence)
        {
            directory.KeepInstance(_instance);
            (_phase, _since) = (Phase.Claimed, clock.GetTimestamp());
        }
    }

    // Earlier versions do not say who they are.
    private bool IsAnothers(NodeStatus status) =>
        status.Instance != 0 && status.Instance != _instance && (!directory.WasInstance(status.Instance) || status.NextNumber > _firstNumber);

    private void Own()
    {
        if (_phase != Phase.Owned)
        {
            directory.KeepInstance(_instance);
            _phase = Phase.Owned;
            gate.Open(_firstNumber);
        }
    }

    private void BeginNode(long fromNumber)
    {
        ulong old = directory.NodeIdOf(fromNumber);
        directory.BeginNode(fromNumber);
        LogNewNode(directory.Path, old, directory.NodeIdOf(fromNumber));
    }

    // An account that may not read can't look either. Everything else may pass.
    private void Report(Exception fault)
    {
        if (fault is StoreUnavailableException { IsLasting: true })
        {
            if (_phase != Phase.Owned)
            {
                LogUnchecked(fault.Message);
                Own();
            }
        }
        else if (!_isFailing)
        {
            _isFailing = true;
            LogFault(fault.Message);
        }
    }

    [LoggerMessage(2023, LogLevel.Error,
        "Another process writes samples as node {Old:x16}, or has written more than {Path} knows of: that is a copy of another directory, or an older copy "
            + "of its own. From here on its samples are those of a new node, {NodeId:x16}. Give every process a directory of its own.")]
    private partial void LogNewNode(string path, ulong old, ulong nodeId);

    [LoggerMessage(2024, LogLevel.Warning, "Copies of this directory can't be noticed, since the account may not read: {Reason}")]
    private partial void LogUnchecked(string reason);

    [LoggerMessage(2025, LogLevel.Warning, "Who writes as this node can't be read: {Reason} Samples wait in the WAL until the first look.")]
    private partial void LogFault(string reason);
}
