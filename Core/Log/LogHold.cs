using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Log;

/// <summary>While it is not disposed, the log forgets nothing: what it has can be copied beside the appender. Thread safe.</summary>
public sealed class LogHold : IDisposable
{
    private readonly WriteAheadLog _log;
    private readonly ulong _nodeId;
    private int _isOver;

    internal LogHold(WriteAheadLog log, ulong nodeId)
    {
        _log = log;
        _nodeId = nodeId;
    }

    /// <summary>
    /// What is durable now: segments that have records, oldest first, each as far as it does not change any more; and the files <c>log.end</c> and, if
    /// there is one, <c>log.lost</c> that belong to them. The former does not tell the next sequence number, which the appender may have moved on already.
    /// </summary>
    public (IReadOnlyList<FilePart> Segments, byte[] EndNote, byte[]? LostNote) Take()
    {
        (IReadOnlyList<LogSegment> segments, LogPosition end) = _log.Extent;
        List<FilePart> parts = [];
        for (int i = 0; i < segments.Count; i++)
        {
            long records = (i + 1 < segments.Count ? segments[i + 1].Start : end.Offset) - segments[i].Start;
            if (records > 0)
            {
                parts.Add(new FilePart(segments[i].Path, FileHeader.Size + records));
            }
        }

        return (parts, DurableEnd.ToBytes(_nodeId, new NotedEnd(end.Offset, 0)), _log.Lost.ToFile());
    }

    /// <summary>Lets the log forget again.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _log.Release();
        }
    }
}
