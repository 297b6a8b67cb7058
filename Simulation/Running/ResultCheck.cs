using System.Globalization;
using System.Text;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Simulation.Model;
using TimeSeries.Simulation.Node;

namespace TimeSeries.Simulation.Running;

/// <summary>
/// Compares what a node responds with what was pushed: lists of every project and kind, sums of them by service, class and source, and a look-up of a single
/// text.
/// </summary>
internal sealed class ResultCheck(NodeSettings settings, ExpectedSamples expected, SimulatedDisk disk, VirtualClock clock, FaultCounts counts, TraceHash trace)
{
    // What fails for a moment works when it is tried again.
    private const int MaxTries = 20;

    // Samples before it may be deleted: it has been the end of what is kept when blocks were deleted.
    private long _deletedBefore = long.MinValue;

    // What the last list of each project and kind had, for the sums.
    private readonly List<ExpectedSample> _listed = [];
    private bool _isTold;

    /// <summary>Blocks are deleted by their age now.</summary>
    public void NoteRetention() => _deletedBefore = Math.Max(_deletedBefore, EarliestOf(Kind.Exception));

    /// <summary>Compares everything. Some queries are drawn by chance.</summary>
    /// <exception cref="SimulationFault">Something differs.</exception>
    public void Run(SimulatedNode node, Random random)
    {
        _isTold = node.Damage.Found.Any(found => found.File is StoredFile.Wal or StoredFile.Block or StoredFile.Manifest);
        if (!disk.Damage.Any && disk.FailedReads == 0 && node.Damage.Found is [FoundDamage found, ..])
        {
            throw new SimulationFault($"damage is told where there is none: {found}");
        }

        bool isWhole = true;
        foreach (ExpectedSample sample in expected.Samples)
        {
            sample.Observed = -1;
        }

        foreach (long pcode in ExpectedSamples.Projects)
        {
            foreach (Kind kind in ExpectedSamples.Kinds)
            {
                bool isListed = Told(() => List(node, pcode, kind));
                isWhole &= isListed;
                if (isListed)
                {
                    CompareCopies(node, pcode, kind);
                    isWhole &= Told(() => CompareSums(node.Reader, pcode, kind, RangeOf(random)));
                }
            }
        }

        isWhole &= Told(() => CompareLookup(node.Reader, random));
        CompareBatches();
        counts.Looks++;
        counts.ToldLooks += isWhole ? 0 : 1;
    }

    /// <summary>After a start nothing is left open.</summary>
    public void Settle()
    {
        foreach (ExpectedBatch batch in disk.Damage.Any ? [] : expected.Batches.Where(batch => batch.Doubtful > 0))
        {
            if (batch.Samples.FirstOrDefault(sample => sample.Kind != Kind.Alert && sample.Observed >= 0 && IsKept(sample)) is { } sample)
            {
                batch.Settle(sample.Observed);
            }
        }
    }

    // False when a file could not be read, and the query has said so. Where no file was damaged, it can be read a moment later.
    private bool Told(Action query)
    {
        for (int tries = 1; ; tries++)
        {
            long failures = disk.Failures;
            try
            {
                query();
                return true;
            }
            catch (IOException fault) when (disk.Damage.Any || disk.Failures > failures)
            {
                trace.Add(fault.GetType().Name);
                if (tries == MaxTries)
                {
                    return disk.Damage.Any ? false : throw new SimulationFault($"a query still fails: {fault.Message}", fault);
                }
            }
        }
    }

    private void List(SimulatedNode node, long pcode, Kind kind)
    {
        (int id, int name, int? value) = ExpectedSamples.FieldsOf(kind);
        SampleList list = node.Reader.ListAsync(
            new ListQuery
            {
                Pcode = pcode,
                Kind = kind,
                Range = TimeRange.All,
                Limit = (2 * expected.Samples.Count) + 100,
                Fields = value is { } field ? [KindSchema.Time, id, name, field] : [KindSchema.Time, id, name],
            },
            CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _listed.Clear();
        foreach (ExpectedSample sample in expected.Samples.Where(sample => sample.Pcode == pcode && sample.Kind == kind))
        {
            sample.BeginLook();
            _listed.Add(sample);
        }

        trace.Add(list.RowCount);
        for (int row = 0; row < list.RowCount; row++)
        {
            int number = ExpectedSample.ParseId(list.Text(row, 1));
            string text = Encoding.UTF8.GetString(list.Text(row, 1));
            trace.Add(number);
            if (expected.Find(text, number) is not { } sample || sample.Pcode != pcode || sample.Kind != kind)
            {
                throw new SimulationFault($"a {kind} of {pcode} with the id {text} was never pushed");
            }

            if (!sample.MayBeAt(list.Number(row, 0), disk.Damage.Any) || Encoding.UTF8.GetString(list.Text(row, 2)) != sample.Name
                || (value is not null && list.Number(row, 3) != sample.Value))
            {
                throw new SimulationFault($"{sample} has other values");
            }

            sample.Observe(list.Number(row, 0));
        }
    }

    private void CompareCopies(SimulatedNode node, long pcode, Kind kind)
    {
        long earliest = EarliestOf(kind);
        foreach (ExpectedSample sample in _listed)
        {
            if (sample.Time < earliest)
            {
                Require(sample.Observed == 0, sample, "is older than is kept");
            }
            else if (sample.Observed > sample.MostBeside(disk.Damage.Any || disk.FailedReads > 0))
            {
                throw new SimulationFault(string.Create(
                    CultureInfo.InvariantCulture, $"{sample} is there {sample.Observed} times, where it may be {sample.MostBeside(false)} times"));
            }
            else if (sample.Observed < sample.Least && IsKept(sample))
            {
                Require(disk.Damage.Any, sample, "was acknowledged, or seen, and is gone");
                Require(_isTold || node.Reader.LostSamples(kind, pcode, TimeRange.All) != 0 || sample.IsIn(disk.Damage.Hits), sample,
                    "was acknowledged and is gone, and nothing tells of it");
                counts.LostBatches++;
                sample.Lose();
            }
            else if (!disk.Damage.Any)
            {
                sample.Seen = Math.Max(sample.Seen, sample.Observed);
            }
        }
    }

    // A batch is one record, so that it is there whole or not at all.
    private void CompareBatches()
    {
        foreach (ExpectedBatch batch in disk.Damage.Any ? [] : expected.Batches)
        {
            int copies = -1;
            foreach (ExpectedSample sample in batch.Samples)
            {
                if (sample.Kind != Kind.Alert && sample.Observed >= 0 && IsKept(sample))
                {
                    Require(copies < 0 || copies == sample.Observed, sample, "is there another number of times than others of its batch");
                    copies = sample.Observed;
                }
            }
        }
    }

    private void CompareSums(ISampleReader reader, long pcode, Kind kind, TimeRange range)
    {
        (_, int name, int? value) = ExpectedSamples.FieldsOf(kind);
        bool hasSums = kind == Kind.Transaction;
        using QueryResult result = reader.QueryAsync(
            new SampleQuery
            {
                Pcode = pcode,
                Kind = kind,
                Range = range,
                GroupBy = [new GroupField(name)],
                Measures = hasSums
                    ? [new(MeasureKind.Count), new(MeasureKind.Sum, value!.Value), new(MeasureKind.Min, value.Value), new(MeasureKind.Max, value.Value)]
                    : [new(MeasureKind.Count)],
            },
            CancellationToken.None).AsTask().GetAwaiter().GetResult();
        SortedDictionary<string, (long Count, Int128 Sum, long Min, long Max)> sums = new(StringComparer.Ordinal);
        foreach ((ExpectedSample sample, int observed) in _listed.Select(sample => (sample, sample.ObservedIn(range))).Where(pair => pair.Item2 > 0))
        {
            (long count, Int128 sum, long min, long max) = sums.GetValueOrDefault(sample.Name, (0, 0, long.MaxValue, long.MinValue));
            sums[sample.Name] = (count + observed, sum + ((Int128)sample.Value * observed), Math.Min(min, sample.Value),
                Math.Max(max, sample.Value));
        }

        for (int row = 0; row < result.RowCount; row++)
        {
            string key = Encoding.UTF8.GetString(result.KeyText(row, 0));
            bool isKnown = sums.Remove(key, out (long Count, Int128 Sum, long Min, long Max) sum);
            bool isEqual = isKnown && result.Count(row, 0) == sum.Count
                && (!hasSums || (result.Sum(row, 1) == sum.Sum && result.Number(row, 2) == sum.Min && result.Number(row, 3) == sum.Max));
            if (!isEqual)
            {
                throw new SimulationFault(string.Create(CultureInfo.InvariantCulture,
                    $"{kind}s of {pcode} named {key} in {range}: the sum counts {result.Count(row, 0)}, the list {sum.Count}, or their values differ"));
            }
        }

        if (sums.Count > 0)
        {
            throw new SimulationFault($"{kind}s of {pcode} named {sums.First().Key} in {range} are listed and in no sum");
        }
    }

    private void CompareLookup(ISampleReader reader, Random random)
    {
        if (expected.Samples.Count == 0 || expected.Samples[random.Next(expected.Samples.Count)] is not { Kind: not Kind.Alert, Observed: >= 0 } sample)
        {
            return;
        }

        int id = ExpectedSamples.FieldsOf(sample.Kind).Id;
        SampleList list = reader.ListAsync(
            new ListQuery
            {
                Pcode = sample.Pcode,
                Kind = sample.Kind,
                Range = TimeRange.All,
                Fields = [id],
                Limit = 10,
                Filters = [Filter.OfTexts(id, FilterOperator.AnyOf, sample.Id)],
            },
            CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Require(list.RowCount == sample.Observed, sample, "is listed, and not found by its text, or the other way round");
    }

    private static void Require(bool holds, ExpectedSample sample, string what)
    {
        if (!holds)
        {
            throw new SimulationFault($"{sample} {what}");
        }
    }

    // Rollups serve whole buckets, samples the rest: half of the queries have both.
    private TimeRange RangeOf(Random random)
    {
        if (random.Next(2) == 0 || expected.Samples.Count == 0)
        {
            return TimeRange.All;
        }

        long from = expected.Samples[random.Next(expected.Samples.Count)].Time;
        long to = expected.Samples[random.Next(expected.Samples.Count)].Time;
        return new TimeRange(Math.Min(from, to), Math.Max(from, to) + random.Next(2));
    }

    private bool IsKept(ExpectedSample sample) => sample.Time >= EarliestOf(sample.Kind) && (sample.Kind != Kind.Exception || sample.Time >= _deletedBefore);

    private long EarliestOf(Kind kind) =>
        settings.RetentionOf(kind) is { } kept ? clock.Milliseconds - (long)kept.TotalMilliseconds : long.MinValue;
}
