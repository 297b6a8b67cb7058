using TimeSeries.Benchmarks.Compare;
using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Dataset;

/// <summary>Pushes a day over HTTP, the way that agents do, as MessagePack columns. Times are those of the day.</summary>
internal sealed class DayPush(ServerAddress address, string token, CancellationToken stop)
{
    // One for each processor of the machine that the goals are for. Slices still arrive in about the order of their times.
    private const int Threads = 2;

    private readonly FirstError _firstError = new();
    private int _nextSlice = -1;
    private long _acceptedCount;

    /// <summary>Pushes the transactions of a day; returns how many were accepted.</summary>
    public long Transactions(MeasuredDay day) => Push(day.SliceCount, slice => [(Kind.Transaction, day.SliceTransactions(slice))]);

    /// <summary>Pushes every kind of a day; returns how many samples were accepted.</summary>
    public long Everything(MeasuredDay day) => Push(day.SliceCount, day.Slice);

    private long Push(int sliceCount, Func<int, IEnumerable<(Kind Kind, WireColumn[] Columns)>> make)
    {
        (_nextSlice, _acceptedCount) = (-1, 0);
        Workers.Run(Threads, _ => PushSlices(sliceCount, make));
        return _firstError.Reason is { } reason ? throw new InvalidDataException($"The day could not be pushed: {reason}") : _acceptedCount;
    }

    private void PushSlices(int sliceCount, Func<int, IEnumerable<(Kind Kind, WireColumn[] Columns)>> make)
    {
        MessagePackWireWriter writer = new();
        using BatchClient client = new(address, token, writer.ContentType);
        BatchSender sender = new(client, _firstError);
        for (int slice = Interlocked.Increment(ref _nextSlice); slice < sliceCount && _firstError.Reason is null; slice = Interlocked.Increment(ref _nextSlice))
        {
            stop.ThrowIfCancellationRequested();
            foreach ((Kind kind, WireColumn[] columns) in make(slice))
            {
                BodyWriter.Write(writer, SampleSchema.Of(kind), columns, SampleForm.Columns, id: default, new PatchPlaces());
                sender.Send(writer.Written, stop, out ResponseCounts counts);
                Interlocked.Add(ref _acceptedCount, counts.Accepted);
            }
        }
    }
}
