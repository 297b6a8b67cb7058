using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Benchmarks;

/// <summary>The day that systems are compared on.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class MeasuredDayTests
{
    private const int Transactions = 25_000;

    [Test]
    public void A_slice_is_the_same_whenever_it_is_made()
    {
        WireColumn[] first = new MeasuredDay(Transactions).SliceTransactions(1);
        WireColumn[] second = new MeasuredDay(Transactions).SliceTransactions(1);
        for (int column = 0; column < first.Length; column++)
        {
            Assert.That(first[column].Numbers.Values.SequenceEqual(second[column].Numbers.Values), first[column].Field.Name);
            Assert.That(first[column].Texts.Codes.SequenceEqual(second[column].Texts.Codes), first[column].Field.Name);
        }
    }

    [TestCase(Kind.Transaction, Transactions)]
    [TestCase(Kind.Sql, Transactions)]
    [TestCase(Kind.Httpc, Transactions / 2)]
    [TestCase(Kind.Exception, Transactions / 40)]
    [TestCase(Kind.Alert, Transactions / 20)]
    [TestCase(Kind.Event, Transactions / 200)]
    [TestCase(Kind.Thread, 20 * 86_400 / 5)]
    public void All_slices_together_are_the_day(Kind kind, int expected)
    {
        MeasuredDay day = new(Transactions);
        long[] times = [.. Enumerable.Range(0, day.SliceCount).SelectMany(day.Slice).Where(part => part.Kind == kind)
            .SelectMany(part => part.Columns.First(column => column.Field.Type == FieldType.Time).Numbers.Values.ToArray())];
        Assert.That(times, Has.Length.EqualTo(expected));
        Assert.That(times, Is.Ordered.And.All.InRange(MeasuredDay.Start, MeasuredDay.End - 1));
    }
}
