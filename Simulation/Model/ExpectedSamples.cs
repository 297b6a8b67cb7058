using System.Collections.Immutable;
using System.Text;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Simulation.Model;

/// <summary>All samples and batches of a run, and the making of them. The plain model that results are compared with.</summary>
internal sealed class ExpectedSamples
{
    private const long Second = 1_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    private static readonly string[] _services = ["/cart", "/pay", "/orders"];
    private static readonly Kind[] _kinds = [Kind.Transaction, Kind.Exception, Kind.Alert];

    private readonly Dictionary<string, ExpectedSample> _raised = new(StringComparer.Ordinal);

    /// <summary>The kinds that are pushed.</summary>
    public static IReadOnlyList<Kind> Kinds => _kinds;

    /// <summary>The projects that push.</summary>
    public static IReadOnlyList<long> Projects { get; } = [1, 2, 3];

    /// <summary>Every sample, by its number.</summary>
    public List<ExpectedSample> Samples { get; } = [];

    /// <summary>Every batch, by its number.</summary>
    public List<ExpectedBatch> Batches { get; } = [];

    /// <summary>The sample of an id among those of others; null when there is none.</summary>
    public ExpectedSample? Find(string id, int number) =>
        number >= 0 && number < Samples.Count && Samples[number].Id == id ? Samples[number] : _raised.GetValueOrDefault(id);

    /// <summary>An alert that a rule raises; the same one again when its id is known.</summary>
    public ExpectedSample Raise(long pcode, string id, long time, string source)
    {
        if (!_raised.TryGetValue(id, out ExpectedSample? sample))
        {
            sample = new ExpectedSample(Samples.Count, Kind.Alert, pcode, time, source, 0, id);
            Samples.Add(sample);
            _raised.Add(id, sample);
        }
        else if (sample.Least == 0)
        {
            sample.MoveTo(time);
        }

        return sample;
    }

    /// <summary>A batch of alerts that rules raise.</summary>
    public ExpectedBatch MakeRaised(long pcode, ImmutableArray<ExpectedSample> samples)
    {
        ExpectedBatch batch = new(Batches.Count, pcode, null, samples);
        Batches.Add(batch);
        foreach (ExpectedSample sample in samples)
        {
            sample.AddTo(batch);
        }

        return batch;
    }

    /// <summary>Makes a batch of new samples, perhaps with an alert that was in another one.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="now">The time of the clock.</param>
    /// <param name="isLate">Whether the samples are hours or days old.</param>
    /// <param name="repeated">An alert that is in the batch too.</param>
    public ExpectedBatch Make(Random random, long now, bool isLate, ExpectedSample? repeated = null)
    {
        long pcode = repeated?.Pcode ?? Projects[random.Next(Projects.Count)];
        long end = now - (isLate ? random.NextInt64(Hour, 70 * Hour) : random.NextInt64(Minute));
        ImmutableArray<ExpectedSample>.Builder samples = ImmutableArray.CreateBuilder<ExpectedSample>();
        foreach (Kind kind in _kinds)
        {
            int count = random.Next(kind == Kind.Transaction ? 20 : 3) - (kind == Kind.Transaction ? 4 : 0);
            for (int i = 0; i < count; i++)
            {
                samples.Add(MakeSample(random, kind, pcode, end));
            }

            if (kind == Kind.Alert && repeated is not null)
            {
                samples.Add(repeated);
            }
        }

        if (samples.Count == 0)
        {
            samples.Add(MakeSample(random, Kind.Transaction, pcode, end));
        }

        int number = Batches.Count;
        IdempotencyKey? key = random.Next(4) == 0 ? null : new IdempotencyKey((ulong)number + 1, 0x5EED);
        ExpectedBatch batch = new(number, pcode, key, samples.ToImmutable());
        Batches.Add(batch);
        foreach (ExpectedSample sample in samples)
        {
            sample.AddTo(batch);
        }

        return batch;
    }

    /// <summary>The samples of a batch as columns, as a protocol makes them.</summary>
    public static ValidBatch ColumnsOf(ExpectedBatch batch)
    {
        SampleBatch samples = new();
        foreach (Kind kind in _kinds)
        {
            ExpectedSample[] ofKind = [.. batch.Samples.Where(sample => sample.Kind == kind)];
            if (ofKind.Length > 0)
            {
                Fill(samples.Table(kind), ofKind);
            }
        }

        return new ValidBatch(batch.Pcode, samples);
    }

    /// <summary>The fields that hold a kind's id, name and value; the value's is null where there is none.</summary>
    public static (int Id, int Name, int? Value) FieldsOf(Kind kind)
    {
        KindSchema schema = SampleSchema.Of(kind);
        return kind switch
        {
            Kind.Transaction => (schema.Ordinal("txid"), schema.Ordinal("service"), schema.Ordinal("elapsed")),
            Kind.Exception => (schema.Ordinal("txid"), schema.Ordinal("class"), schema.Ordinal("snap_seq")),
            _ => (schema.Ordinal("id"), schema.Ordinal("source"), null),
        };
    }

    private ExpectedSample MakeSample(Random random, Kind kind, long pcode, long end)
    {
        string name = random.Next(8) == 0 ? $"/rare/{random.Next(50)}" : _services[random.Next(_services.Length)];
        long value = kind == Kind.Alert ? 0 : random.Next(4) == 0 ? random.NextInt64(1L << 40) : random.Next(5_000);
        ExpectedSample sample = new(Samples.Count, kind, pcode, end - random.NextInt64(20 * Second), name, value);
        Samples.Add(sample);
        return sample;
    }

    private static void Fill(SampleTable table, ExpectedSample[] samples)
    {
        (int id, int name, int? value) = FieldsOf(table.Schema.Kind);
        table.RowCount = samples.Length;
        for (int row = 0; row < samples.Length; row++)
        {
            table.Numbers(KindSchema.Time).Set(row, samples[row].Time);
            table.Texts(id).Set(row, Encoding.UTF8.GetBytes(samples[row].Id));
            table.Texts(name).Set(row, Encoding.UTF8.GetBytes(samples[row].Name));
            if (value is { } field)
            {
                table.Numbers(field).Set(row, samples[row].Value);
            }
            else
            {
                table.Texts(table.Schema.Ordinal("severity")).Set(row, "Info"u8);
                table.Texts(table.Schema.Ordinal("title")).Set(row, "title"u8);
            }
        }

        table.FitColumns();
    }
}
