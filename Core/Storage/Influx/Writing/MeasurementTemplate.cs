using System.Text;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>What the points of a kind have in common, made ready as bytes.</summary>
internal sealed class MeasurementTemplate
{
    private static readonly MeasurementTemplate[] _all = [.. SampleSchema.All.Select(schema => new MeasurementTemplate(schema))];

    private MeasurementTemplate(KindSchema schema)
    {
        Schema = schema;
        Measurement = Encoding.UTF8.GetBytes(schema.Name);
        FieldKeys = [.. schema.Fields.Select(field => Encoding.UTF8.GetBytes($",{field.Name}="))];
        AlertId = schema.Kind == Kind.Alert ? schema.Ordinal("id") : -1;
    }

    public KindSchema Schema { get; }

    public byte[] Measurement { get; }

    /// <summary>By ordinal: comma, name and equals sign.</summary>
    public byte[][] FieldKeys { get; }

    /// <summary>Ordinal of an alert's id; −1 for the other kinds.</summary>
    public int AlertId { get; }

    public static MeasurementTemplate Of(Kind kind) => _all[(int)kind];
}
