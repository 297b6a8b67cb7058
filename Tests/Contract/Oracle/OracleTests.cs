using NUnit.Framework;
using TimeSeries.Tests.Contract.Oracle.Endpoints;
using TimeSeries.Tests.Support.Hosts;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>The naive computation itself, against values worked out by hand or published.</summary>
internal sealed class OracleTests
{
    [TestCase("", 0)]
    [TestCase("123456789", unchecked((int)0xCBF43926))]
    [TestCase("127.0.0.1", -675813464)]
    [TestCase("jdbc:mysql://localhost:3306,localhost:3310/fake", 450678784)]
    [TestCase("/account/save/employee/seoul", -1485863373)]
    public void Hashes_are_the_published_ones(string text, int hash) => Assert.That(OracleHash.Of(text), Is.EqualTo(hash));

    [TestCase(1, 8, 2, 0.12)]
    [TestCase(3, 8, 2, 0.38)]
    [TestCase(1, 3, 2, 0.33)]
    [TestCase(2, 3, 2, 0.67)]
    [TestCase(5, 1_000, 2, 0)]
    [TestCase(15, 1_000, 2, 0.02)]
    public void Quotients_are_rounded_half_to_even(long dividend, long divisor, int decimals, decimal expected) =>
        Assert.That(OracleNumbers.Rounded(dividend, divisor, decimals), Is.EqualTo(expected));

    [Test]
    public void The_deviation_is_that_of_the_population() =>
        Assert.That(OracleNumbers.StandardDeviation(Elapsed(2_000_000, 4_000_000, 4_000_000, 4_000_000, 5_000_000, 5_000_000, 7_000_000, 9_000_000),
            "elapsed"), Is.EqualTo("2000.00"));

    [TestCase(0, 10, "0.00")]
    [TestCase(0, 30, "0.02")]
    [TestCase(0, 31, "0.02")]
    [TestCase(0, 50, "0.02")]
    [TestCase(0, 51, "0.03")]
    public void A_deviation_between_two_hundredths_goes_to_the_even_one(long first, long second, string expected) =>
        Assert.That(OracleNumbers.StandardDeviation(Elapsed(first, second), "elapsed"), Is.EqualTo(expected));

    [Test]
    public void A_quantile_is_within_one_percent_of_the_value_of_its_rank()
    {
        long[] values = [.. Enumerable.Range(1, 1_000).Select(i => (long)i * i * 37)];
        foreach (int thousandths in new[] { 0, 1, 500, 950, 990, 999, 1_000 })
        {
            decimal exact = values[thousandths * 999 / 1_000] / 1_000m;
            Assert.That(OracleSketch.Quantile(values, thousandths), Is.InRange(exact * 0.99m, exact * 1.01m), $"{thousandths}");
        }
    }

    [Test]
    public void A_quantile_of_equal_values_is_that_value() => Assert.That(OracleSketch.Quantile([1_234_567, 1_234_567], 500), Is.EqualTo(1_234.567m));

    [TestCase("select 1", 2)]
    [TestCase(" \n((/* a */ -- b\n Update t", 3)]
    [TestCase("inserted", 0)]
    [TestCase("", 0)]
    public void The_first_word_of_a_statement_says_what_it_does(string sql, int crud) => Assert.That(SqlVerb.Crud(sql), Is.EqualTo(crud));

    [Test]
    public void The_generated_samples_give_every_endpoint_something_to_say() => Assert.Multiple(() =>
    {
        int silentQueries = 0;
        foreach (OracleEndpoint endpoint in OracleEndpoint.All)
        {
            object response = GeneratedSamples.Expected.Of(endpoint, TestProjects.First, BatchGenerator.Start, BatchGenerator.End);
            if (response is Dictionary<string, object> members)
            {
                if (members.GetValueOrDefault("rows") is List<object> found)
                {
                    silentQueries += found.Count < 2 ? 1 : 0;
                    continue;
                }

                response = members.GetValueOrDefault("records") ?? members.GetValueOrDefault("objects") ?? members.GetValueOrDefault("series")
                    ?? members.GetValueOrDefault("data") ?? members.GetValueOrDefault("count") ?? ((Dictionary<string, object>)members["events"])["content"];
            }

            // No severity is both Info and at least Critical.
            Assert.That((List<object>)response,
                endpoint.Name.Contains("severity=Info&", StringComparison.Ordinal) ? Is.Empty : Has.Count.GreaterThanOrEqualTo(2), endpoint.Name);
        }

        // Some random filters let nothing pass, which needs a response too.
        Assert.That(silentQueries, Is.LessThanOrEqualTo(AggregateQuery.All.Count / 4));
    });

    private static List<OracleSample> Elapsed(params long[] values) =>
        [.. values.Select(value => new OracleSample(1, "sql", 0, new() { ["elapsed"] = value }) { Oname = "", Oid = null, Okind = "", Onode = "" })];
}
