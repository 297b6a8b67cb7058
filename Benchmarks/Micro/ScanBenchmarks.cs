using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Micro;

/// <summary>ComparedQueries that no rollup answers to a store with two million samples of a day in blocks, a query.</summary>
[MemoryDiagnoser]
public class ScanBenchmarks
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    private StoreFolder _folder = null!;

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        _folder = new StoreFolder();
        for (int block = 0; block < 2; block++)
        {
            await _folder.FillAsync(MicroSizes.BlockBatches, _day);
            await _folder.Store.SealAsync();
        }
    }

    [Benchmark]
    public Task<int> ByMinute() => AskAsync(60_000, []);

    [Benchmark]
    public Task<int> ByTenSeconds() => AskAsync(10_000, []);

    [Benchmark]
    public Task<int> ByService() => AskAsync(0, ["service"]);

    [Benchmark]
    public Task<int> ByMinuteAndService() => AskAsync(60_000, ["service"]);

    [Benchmark]
    public Task<int> ByUser() => AskAsync(0, ["user_id"]);

    [Benchmark]
    public Task<int> OfOneUserByMinute() =>
        AskAsync(60_000, [], Filter.OfTexts(_schema.Ordinal("user_id"), FilterOperator.AnyOf, "user-00077"));

    [GlobalCleanup]
    public async Task RemoveAsync() => await _folder.DisposeAsync();

    private Task<int> AskAsync(long window, ImmutableArray<string> by, params ImmutableArray<Filter> filters)
    {
        int elapsed = _schema.Ordinal("elapsed");
        SampleQuery query = new()
        {
            Pcode = GeneratedBatch.Pcode,
            Kind = Kind.Transaction,
            Range = StoreFolder.Range(_day),
            WindowMilliseconds = window,
            GroupBy = [.. by.Select(name => new GroupField(_schema.Ordinal(name)))],
            Measures = [new(MeasureKind.Count), new(MeasureKind.Sum, elapsed), new(MeasureKind.Min, elapsed), new(MeasureKind.Max, elapsed)],
            Filters = filters,
            Order = [new OrderTerm(OrderBy.Measure, 0) { Descending = true }],
            Limit = 1_000,
            UseRollups = false,
        };
        return _folder.AskAsync(query);
    }
}
