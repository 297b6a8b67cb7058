using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Alerts;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>ComparedQueries of the alert history to a store with a million alerts of thirty days, in one block or in memory, a query.</summary>
[MemoryDiagnoser]
public class ListBenchmarks
{
    private const int AlertCount = MicroSizes.BlockBatches * MicroSizes.BatchSamples;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);
    private static readonly long _spacing = (long)TimeSpan.FromDays(30).TotalMilliseconds / AlertCount;
    private static readonly AlertMaker _maker = new(1_700_000_000_000, _spacing);

    private StoreFolder _folder = null!;
    private long _asked;

    [Params(true, false)]
    public bool InBlock { get; set; }

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _folder = new StoreFolder();
        for (int batch = 0; batch < MicroSizes.BlockBatches; batch++)
        {
            ValidBatch made = GeneratedBatch.Of(Kind.Alert, _maker.Make(batch * MicroSizes.BatchSamples, MicroSizes.BatchSamples), batch);
            await _folder.Store.WriteAsync(made, new LogPosition(batch + 1), CancellationToken.None);
        }

        if (InBlock)
        {
            await _folder.Store.SealAsync();
        }
    }

    [Benchmark]
    public ValueTask<SampleList> FirstPage() => ListAsync(0, []);

    [Benchmark]
    public ValueTask<SampleList> Page100() => ListAsync(99, []);

    [Benchmark]
    public ValueTask<SampleList> LastPage() => ListAsync(AlertCount / 50 - 1, []);

    [Benchmark]
    public ValueTask<SampleList> OneSeverity() => ListAsync(0, [Text("severity", FilterOperator.AnyOf, "Warning")]);

    [Benchmark]
    public ValueTask<SampleList> SomeSources() => ListAsync(0, [Text("source", FilterOperator.ContainsAnyOf, AlertMaker.RareSource)]);

    [Benchmark]
    public ValueTask<SampleList> OneLabel() => ListAsync(0, [Text("labels", FilterOperator.HasEntryAnyOf, "\"line\":\"7\"")]);

    [Benchmark]
    public ValueTask<SampleList> OneDay() => ListAsync(0, [], new TimeRange(_maker.TimeOf(AlertCount / 2), _maker.TimeOf(AlertCount / 2) + 86_400_000));

    [Benchmark]
    public ValueTask<SampleList> ById() => ListAsync(0, [Text("id", FilterOperator.AnyOf, AlertMaker.IdOf(NextNumber()).ToString("D"))], limit: 1);

    [Benchmark]
    public ValueTask<SampleList> UnknownId() =>
        ListAsync(0, [Text("id", FilterOperator.AnyOf, AlertMaker.IdOf(AlertCount + NextNumber()).ToString("D"))], limit: 1);

    [Benchmark]
    public Task<int> PerSeverity() => CountAsync("severity");

    [Benchmark]
    public Task<int> PerSource() => CountAsync("source");

    [GlobalCleanup]
    public async Task RemoveAsync() => await _folder.DisposeAsync();

    private static Filter Text(string field, FilterOperator @operator, string text) => Filter.OfTexts(_schema.Ordinal(field), @operator, text);

    // All over the store, one after the other.
    private long NextNumber() => _asked++ * 7_919 % AlertCount;

    private ValueTask<SampleList> ListAsync(long page, Filter[] filters, TimeRange? range = null, int limit = 50) => _folder.Store.ListAsync(
        new ListQuery
        {
            Pcode = GeneratedBatch.Pcode,
            Kind = Kind.Alert,
            Range = range ?? TimeRange.All,
            Filters = [.. filters],
            Fields = [KindSchema.Time, .. Fields("id", "severity", "source", "title", "description", "labels")],
            Order = ListOrder.ById,
            Offset = page * 50,
            Limit = limit,
            CountTotal = true,
        },
        CancellationToken.None);

    private Task<int> CountAsync(string by) => _folder.AskAsync(
        new SampleQuery
        {
            Pcode = GeneratedBatch.Pcode,
            Kind = Kind.Alert,
            Range = TimeRange.All,
            GroupBy = [new GroupField(_schema.Ordinal(by))],
            Measures = [new Measure(MeasureKind.Count)],
        });

    private static int[] Fields(params string[] names) => Array.ConvertAll(names, _schema.Ordinal);
}
