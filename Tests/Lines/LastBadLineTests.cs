using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Lines;

namespace TimeSeries.Tests.Lines;

/// <summary>A line that is refused half way, behind lines that are not.</summary>
internal sealed class LastBadLineTests
{
    // As many rows as the arrays of pools are long.
    [TestCase(1)]
    [TestCase(16)]
    [TestCase(32)]
    public void A_bad_line_behind_the_last_good_one_leaves_no_value(int lines)
    {
        StringBuilder body = new();
        for (int i = 0; i < lines; i++)
        {
            body.Append("sql,oname=a sql=\"x\",elapsed=1 1769947200000000000\n");
        }

        body.Append("sql,oname=b,db=d elapsed=1,sql=\n");
        SampleBatchBuilder builder = new();
        SampleBatch samples = new();
        builder.Reset(samples);
        LineDecoder decoder = new();
        decoder.Decode(Encoding.UTF8.GetBytes(body.ToString()), LinePrecision.Nanoseconds, 0, builder);
        ValidationResult result = new BatchValidator(new BatchLimits()).Validate(builder, 1, new Timestamp(1_769_947_200_000));

        Assert.That(decoder.BadLines, Is.EqualTo(1));
        Assert.That((result.Usable, result.Rejected), Is.EqualTo((lines, 0)));
        Assert.That(samples.Find(Kind.Sql)!.FindTexts(KindSchema.Oname)!.Count, Is.EqualTo(lines));
    }
}
