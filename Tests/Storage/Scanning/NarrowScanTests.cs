using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Micro;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Tests.Storage.Scanning;

/// <summary>Where few rows of a chunk pass a filter, blocks decode only those. Results are the same as from memory, where nothing is decoded.</summary>
internal sealed class NarrowScanTests
{
    private const int Samples = 60_000;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);
    private static readonly EmbeddedStoreOptions _unsealed = new() { HeadRows = int.MaxValue };

    private ComparedStores _stores = null!;
    private string _user = "";

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _stores = await ComparedStores.FillAsync(_unsealed, _unsealed, async store =>
        {
            for (int batch = 1; batch <= 2; batch++)
            {
                ValidBatch rows = GeneratedBatch.Make(Kind.Transaction, Samples, batch);
                TextColumn users = rows.Find(Kind.Transaction)!.Texts(_schema.Ordinal("user_id"));
                _user = Encoding.UTF8.GetString(users.Symbols[users.Codes[Samples / 2]]);
                await store.WriteAsync(rows, new LogPosition(batch), CancellationToken.None);
            }
        });
        await _stores.Tested.Store.SealAsync();
    }

    [OneTimeTearDown]
    public async Task RemoveAsync() => await _stores.DisposeAsync();

    [Test]
    public async Task Results_from_blocks_are_those_from_memory(
        [Values("user", "user,method", "method,user", "slow", "user,status", "nobody")] string filters, [Values(0, 100)] long window,
        [Values("", "service,status", "txid")] string by, [Values] bool part)
    {
        SampleQuery query = ComparedStores.Query(window, by) with
        {
            Filters = [.. filters.Split(',').Select(FilterOf)],
            Range = part ? Half() : TimeRange.All,
        };

        Assert.That(await _stores.AssertSameAsync(query), filters == "nobody" ? Is.Zero : Is.Positive);
    }

    private Filter FilterOf(string name) => name switch
    {
        "user" => Filter.OfTexts(_schema.Ordinal("user_id"), FilterOperator.AnyOf, _user, "user-00077"),
        "nobody" => Filter.OfTexts(_schema.Ordinal("user_id"), FilterOperator.AnyOf, "nobody"),
        "method" => Filter.OfTexts(_schema.Ordinal("method"), FilterOperator.NoneOf, "DELETE"),
        "status" => Filter.Present(_schema.Ordinal("status")),
        "slow" => Filter.OfNumbers(_schema.Ordinal("elapsed"), FilterOperator.GreaterThanAnyOf, 300_000),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    // Samples are of one second.
    private static TimeRange Half() => StoreFolder.Range(TimeSpan.Zero) with { To = StoreFolder.Range(TimeSpan.Zero).From + 500 };
}
