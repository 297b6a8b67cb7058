using System.Globalization;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Which rollups of a unit are kept.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class WriteRollupTests
{
    private const int Samples = 100;

    [Test]
    public void A_rollup_is_kept_even_where_each_sample_has_a_row_of_its_own()
    {
        KindSchema schema = SampleSchema.Of(Kind.Transaction);
        int address = schema.Ordinal("remote_ip");
        SampleTable samples = new(schema) { RowCount = Samples };
        for (int row = 0; row < Samples; row++)
        {
            samples.Numbers(KindSchema.Time).Set(row, RowGenerator.Start + row);
            samples.Texts(address).Set(row, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"10.0.0.{row}")));
        }

        UnitTable table = new(schema);
        table.Add(samples);
        table.Complete();
        (_, UnitRollups unit) = new UnitRollup(table, 0).Buckets().Single();
        Rollup rollup = unit.Sections.Select(section => Rollup.TryRead(section.Span)!).Single(rollup => rollup.Spec.PresentField == address);
        Assert.That((rollup.Buckets[0].IsRaw, rollup.Buckets[0].RowCount), Is.EqualTo((false, Samples)));
    }
}
