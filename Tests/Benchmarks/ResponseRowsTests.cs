using NUnit.Framework;
using TimeSeries.Benchmarks.Compare.Requests;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>Whether our response and another system's are equal.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ResponseRowsTests
{
    // As ClickHouse writes 64-bit integers: in quotes.
    private const string Theirs = """{"data":[["1700006400000","/a",0.1,1,2,"3"]]}""";

    [TestCase("""[1700006400000,"/a",0.10000000000000002,1,2,3]""", null)]
    [TestCase("""[1700006400000,"/a",0.1001,1,2,3]""", "row 0")]
    [TestCase("""[1700006400000,"/b",0.1,1,2,3]""", "row 0")]
    [TestCase("""[1700006400000,"/a",0.1,1,2,4]""", "row 0")]
    [TestCase("""[1700006400000,"/a",0.1,1,2]""", "row 0")]
    [TestCase("", "0 rows")]
    public void Numbers_are_equal_as_far_as_rounding_allows_and_all_else_exactly(string row, string? difference)
    {
        ResponseRows ours = ResponseRows.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"columns":[],"rows":[{{row}}],"source":"raw"}"""), "rows");
        ResponseRows theirs = ResponseRows.Read(System.Text.Encoding.UTF8.GetBytes(Theirs), "data");
        Assert.That(ours.DifferenceFrom(theirs), difference is null ? Is.Null : Does.StartWith(difference));
    }

    [TestCase("""["/a",100.9996,3]""", true)]
    [TestCase("""["/a",101.2,3]""", false)]
    [TestCase("""["/a",100,3.01]""", false)]
    public void A_percentile_may_be_off_by_what_is_promised_and_its_neighbours_may_not(string row, bool isEqual)
    {
        ResponseRows ours = ResponseRows.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"rows":[{{row}}]}"""), "rows");
        ResponseRows theirs = ResponseRows.Read("""{"data":[["/a",100,3]]}"""u8, "data");
        Assert.That(ours.DifferenceFrom(theirs, percentileColumn: 1) is null, Is.EqualTo(isEqual));
    }

    [Test]
    public void A_number_of_groups_is_our_total()
    {
        ResponseRows ours = ResponseRows.ReadTotal("""{"rows":[[1]],"total":10000,"source":"raw"}"""u8);
        Assert.That(ours.DifferenceFrom(ResponseRows.Read("""{"data":[["10000"]]}"""u8, "data")), Is.Null);
        Assert.That(ours.Source, Is.EqualTo("raw"));
    }

    [Test]
    public void Rows_in_another_order_are_not_equal()
    {
        ResponseRows here = ResponseRows.Read("""{"rows":[["a"],["b"]]}"""u8, "rows");
        ResponseRows there = ResponseRows.Read("""{"rows":[["b"],["a"]]}"""u8, "rows");
        Assert.That(here.DifferenceFrom(there), Is.Not.Null);
    }
}
