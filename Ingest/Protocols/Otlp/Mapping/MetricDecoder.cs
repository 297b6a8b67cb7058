using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>
/// Decodes the metrics of one request: those that count threads become thread samples, one for each resource and time, the sum of the metric's points. Not
/// thread safe.
/// </summary>
internal sealed class MetricDecoder(OtlpOptions options)
{
    private const int Gauge = 5;
    private const int Sum = 7;
    private const int Summary = 11;
    private const int DeltaTemporality = 1;
    private const double MillionthsPerUnit = 1_000_000;

    private const int MaxKept = 16_384;

    // Sums in millionths, by time in nanoseconds.
    private Dictionary<ulong, long> _sums = [];

    /// <summary>The best rank of the metrics that were looked at since <see cref="BeginResource"/>.</summary>
    private int _best;

    /// <summary>Begins a resource, whose metrics are first all looked at, then all read.</summary>
    public void BeginResource()
    {
        _best = ThreadMetrics.None;
        _sums = _sums.Capacity > MaxKept ? [] : _sums;
        _sums.Clear();
    }

    /// <summary>Looks at a metric, and whether all of it is well formed. False when it is not: <paramref name="scope"/> says why.</summary>
    public bool Look(ReadOnlySpan<byte> body, ref ProtoReader scope)
    {
        if (!ReadMetric(body, ref scope, isChecked: true, out MetricFields metric))
        {
            return false;
        }

        _best = metric.HasPoints && FindReason(metric) is null ? Math.Min(_best, metric.Rank) : _best;
        return true;
    }

    /// <summary>Reads a metric. False when it is malformed: <paramref name="scope"/> says why.</summary>
    public bool Read(ReadOnlySpan<byte> body, ref ProtoReader scope, DecodeState state, SignalPlace place)
    {
        if (!ReadMetric(body, ref scope, isChecked: false, out MetricFields metric))
        {
            return false;
        }

        UnmappedReason? reason = FindReason(metric) ?? (metric.Rank > _best ? UnmappedReason.MetricSecond : null);
        int index = 0;
        ProtoReader parts = new(body, scope.Value);
        while (parts.Next())
        {
            if (!metric.IsData(parts))
            {
                continue;
            }

            ProtoReader reader = new(body, parts.Value);
            while (reader.Next())
            {
                if (reader.Key != ProtoReader.KeyOf(1, ProtoReader.Bytes))
                {
                    continue;
                }

                if (reason is { } unmapped)
                {
                    state.Items.AddUnmapped(unmapped);
                }
                else
                {
                    ReadPoint(body, ref reader, state, place with { DataPoint = index });
                }

                index++;
            }

            if (!scope.Adopt(reader))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds the samples of the resource.</summary>
    public void EndResource(DecodeState state)
    {
        if (_sums.Count == 0)
        {
            return;
        }

        KindBuilder threads = state.Builder.Of(Kind.Thread);
        foreach ((ulong time, long count) in _sums)
        {
            SampleRow row = new(threads);
            state.Agent.SetRow(threads);
            row.Set(KindSchema.Time, TimeBounds.Milliseconds(time));
            row.SetStored(Fields.ThreadCount, count);
            row.End();
        }
    }

    // Whether a sum is called monotonic says nothing: .NET itself counts the threads of its pool so, which go up and down.
    private static UnmappedReason? FindReason(in MetricFields metric) => metric.Rank == ThreadMetrics.None ? UnmappedReason.MetricName
        : metric.Type == Gauge ? null
        : metric.Type != Sum ? UnmappedReason.MetricType
        : metric.Temporality == DeltaTemporality ? UnmappedReason.MetricDelta
        : null;

    private bool ReadMetric(ReadOnlySpan<byte> body, ref ProtoReader scope, bool isChecked, out MetricFields metric)
    {
        metric = default;
        Segment name = default;
        ProtoReader reader = new(body, scope.Value);
        while (reader.Next())
        {
            if (reader.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes))
            {
                name = reader.Value;
            }
            else if (reader.Type == ProtoReader.Bytes && reader.Field is Gauge or Sum or (>= 9 and <= Summary))
            {
                // Of different data the last is meant; of equal ones all together.
                metric.FirstData = metric.Type == reader.Field ? metric.FirstData : reader.Value.Start;
                metric.Type = reader.Field;
                if (isChecked && !CheckData(body, ref reader))
                {
                    break;
                }
            }
        }

        metric.Rank = ThreadMetrics.RankOf(name.Of(body), options.GoroutinesAsThreads);
        return scope.Adopt(reader) && ReadData(body, ref scope, ref metric);
    }

    // Of data that are not meant too: nothing malformed is passed over.
    private static bool CheckData(ReadOnlySpan<byte> body, ref ProtoReader metric)
    {
        bool hasPoints = metric.Field is Gauge or Sum;
        ProtoReader data = new(body, metric.Value);
        while (data.Next())
        {
            if (!hasPoints || data.Key != ProtoReader.KeyOf(1, ProtoReader.Bytes))
            {
                continue;
            }

            ProtoReader point = new(body, data.Value);
            while (point.Next())
            {
            }

            if (!data.Adopt(point))
            {
                break;
            }
        }

        return metric.Adopt(data);
    }

    private static bool ReadData(ReadOnlySpan<byte> body, ref ProtoReader scope, ref MetricFields metric)
    {
        ProtoReader parts = new(body, scope.Value);
        while (parts.Next())
        {
            if (!metric.IsData(parts))
            {
                continue;
            }

            ProtoReader reader = new(body, parts.Value);
            while (reader.Next())
            {
                metric.HasPoints |= reader.Key == ProtoReader.KeyOf(1, ProtoReader.Bytes);
                if (reader.Key == ProtoReader.KeyOf(2, ProtoReader.Varint) && metric.Type == Sum)
                {
                    metric.Temporality = (int)(uint)reader.Number;
                }
            }

            if (!scope.Adopt(reader))
            {
                return false;
            }
        }

        return true;
    }

    private void ReadPoint(ReadOnlySpan<byte> body, ref ProtoReader data, DecodeState state, in SignalPlace place)
    {
        ulong time = 0;
        ulong flags = 0;
        double? value = null;
        ProtoReader reader = new(body, data.Value);
        while (reader.Next())
        {
            switch (reader.Key)
            {
                case (3 << 3) | ProtoReader.Fixed64:
                    time = reader.Number;
                    break;
                case (4 << 3) | ProtoReader.Fixed64:
                    value = BitConverter.UInt64BitsToDouble(reader.Number);
                    break;
                case (6 << 3) | ProtoReader.Fixed64:
                    value = (long)reader.Number;
                    break;
                case (8 << 3) | ProtoReader.Varint:
                    flags = reader.Number;
                    break;
            }
        }

        if (!data.Adopt(reader))
        {
            return;
        }

        const ulong NoRecordedValue = 1;
        if (value is not { } count || (flags & NoRecordedValue) != 0)
        {
            state.Items.AddUnmapped(UnmappedReason.NoValue);
        }
        else if (Add(time, count, state) is { } reason)
        {
            state.Items.AddRejected(reason, place);
        }
        else
        {
            state.Items.AddMapped();
        }
    }

    private SignalRejection? Add(ulong time, double count, DecodeState state)
    {
        if (!state.Agent.IsValid)
        {
            return SignalRejection.Utf8;
        }

        if (!double.IsFinite(count) || count < 0)
        {
            return double.IsFinite(count) ? SignalRejection.Negative : SignalRejection.NotANumber;
        }

        if (state.Bounds.Check(Kind.Thread, time) is { } reason)
        {
            return reason;
        }

        if (!state.Agent.TryAdmit(state))
        {
            return SignalRejection.Agents;
        }

        double millionths = Math.Round(count * MillionthsPerUnit, MidpointRounding.ToEven);
        long sum = _sums.GetValueOrDefault(time);
        if (sum + millionths > SampleSchema.MaxThreadCountMillionths)
        {
            return SignalRejection.NotANumber;
        }

        _sums[time] = sum + (long)millionths;
        return null;
    }

    private struct MetricFields
    {
        public int Rank;
        public int Type;
        public int Temporality;
        public bool HasPoints;

        /// <summary>Where the first of the data begins that are meant.</summary>
        public int FirstData;

        /// <summary>Whether a field of the metric is a part of its data.</summary>
        public readonly bool IsData(in ProtoReader part) =>
            part.Type == ProtoReader.Bytes && part.Field == Type && part.Value.Start >= FirstData;
    }
}
