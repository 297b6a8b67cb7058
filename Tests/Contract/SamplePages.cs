using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Contract;

/// <summary>The generated samples page by page, as <c>/api/v1/samples</c> lists them.</summary>
internal static class SamplePages
{
    /// <summary>Kinds, and samples a page.</summary>
    public static IEnumerable<object[]> Cases() =>
    [
        ["transaction", 10_000], ["sql", 777], ["httpc", 1_000], ["exception", 100], ["thread", 1_000], ["alert", 7], ["event", 13],
    ];

    /// <summary>Follows the cursor through every range; the samples must be those expected, in order. For a store that one node wrote.</summary>
    public static async Task AssertAllAsync(ServerClient client, string kind, int limit)
    {
        foreach (NamedRange range in GeneratedSamples.Ranges)
        {
            List<object> expected = SamplesOracle.Listed(kind, GeneratedSamples.Expected.Samples, TestProjects.First, range.From, range.To);
            string path = $"/api/v1/samples?kind={kind}&limit={limit}";
            string? next = null;
            do
            {
                string asked = next is null ? $"{path}&from={range.From}&to={range.To}" : $"{path}&cursor={next}";
                string response = await client.GetAsync(asked);
                using JsonDocument page = JsonDocument.Parse(response);
                string samples = page.RootElement.GetProperty("samples").GetRawText();
                List<object> part = expected[..Math.Min(limit, expected.Count)];
                expected.RemoveRange(0, part.Count);
                if (ResponseComparer.Differences(samples, part) is { Length: > 0 } differences)
                {
                    // Whether the store lacks a sample or the query lost it: a page that is asked for again tells.
                    bool isAgain = await client.GetAsync(asked) == response;
                    Assert.Fail($"{TestContext.CurrentContext.Test.FullName}, {range.Name}, {expected.Count} samples behind the page, asked for again "
                        + $"{(isAgain ? "the same" : "another")}:\n{differences}\n{response}");
                }

                next = page.RootElement.GetProperty("next").GetString();
            }
            while (next is not null);
            Assert.That(expected, Is.Empty, range.Name);
        }
    }
}
