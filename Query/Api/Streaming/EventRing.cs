using System.Globalization;
using System.Text;

namespace TimeSeries.Query.Api.Streaming;

/// <summary>
/// The latest events of a feed, bounded by bytes, which all its clients read at their own pace: a client holds no events, and one that is too slow misses the
/// earliest. One writer; any number of readers.
/// </summary>
internal sealed class EventRing
{
    // A second of samples of some hundred bytes, and of those with long texts the newest.
    private const int MostBytes = 512 * 1024;

    // Tells events of this ring from those of another in the ids that clients hand back.
    private readonly string _name = Guid.NewGuid().ToString("N")[..12];

    // Guards everything below.
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Frame, int Samples)> _events = [];
    private EventPlace _first;
    private EventPlace _end;
    private long _bytes;
    private TaskCompletionSource _added = New();

    /// <summary>Where the next event will stand.</summary>
    public EventPlace End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>Adds an event.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="data">Its JSON, without line ends.</param>
    /// <param name="samples">How many samples clients miss that miss the event.</param>
    public void Add(string name, ReadOnlySpan<byte> data, int samples = 0)
    {
        TaskCompletionSource added;
        lock (_gate)
        {
            _end = new EventPlace(_end.Events + 1, _end.Samples + samples);
            byte[] frame =
            [
                .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: {name}\nid: {_name}-{_end.Events}-{_end.Samples}\ndata: ")),
                .. data, (byte)'\n', (byte)'\n',
            ];
            _events.Enqueue((frame, samples));
            _bytes += frame.Length;
            while (_bytes > MostBytes && _events.Count > 1)
            {
                (byte[] old, int lost) = _events.Dequeue();
                _bytes -= old.Length;
                _first = new EventPlace(_first.Events + 1, _first.Samples + lost);
            }

            added = _added;
            _added = New();
        }

        added.SetResult();
    }

    /// <summary>
    /// Reads some events from a place on, at most so many bytes but at least one event, and moves the place behind them. Without any it gives the task that
    /// completes with the next one.
    /// </summary>
    /// <param name="place">Where the client stands.</param>
    /// <param name="maxBytes">About how many bytes are read.</param>
    /// <param name="frames">Where they are added.</param>
    /// <param name="missed">How many samples the client missed before them.</param>
    /// <returns>Null when some were read.</returns>
    public Task? Read(ref EventPlace place, int maxBytes, List<byte[]> frames, out long missed)
    {
        lock (_gate)
        {
            missed = Math.Max(0, _first.Samples - place.Samples);
            place = place.Events < _first.Events ? _first : place;
            if (place.Events == _end.Events)
            {
                return _added.Task;
            }

            int bytes = 0;
            foreach ((byte[] frame, int samples) in _events.Skip((int)(place.Events - _first.Events)))
            {
                if (bytes > 0 && bytes + frame.Length > maxBytes)
                {
                    break;
                }

                frames.Add(frame);
                bytes += frame.Length;
                place = new EventPlace(place.Events + 1, place.Samples + samples);
            }

            return null;
        }
    }

    /// <summary>The place behind the event that has an id; null when it is of another ring.</summary>
    public EventPlace? Find(string id)
    {
        string[] parts = id.Split('-');
        return parts.Length == 3 && parts[0] == _name
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long events)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out long samples)
            && events <= End.Events && samples <= End.Samples
            ? new EventPlace(events, samples)
            : null;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A place among the events of a ring.</summary>
/// <param name="Events">How many events are before it, since the ring began.</param>
/// <param name="Samples">How many samples these hold or tell of.</param>
internal readonly record struct EventPlace(long Events, long Samples);
