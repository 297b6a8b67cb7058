using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Samples;

/// <summary>Writes the samples of a list that has every field of its kind. Not thread safe.</summary>
internal sealed class SampleWriter(KindSchema kind, SampleList samples)
{
    private readonly byte[] _room = new byte[DecimalText.MaxLength];

    /// <summary>Writes a sample as an object; fields without a value are left out.</summary>
    public void Write(IValueWriter writer, int row)
    {
        int present = 0;
        foreach (Field field in kind.Fields)
        {
            present += samples.IsMissing(row, field.Ordinal) ? 0 : 1;
        }

        writer.WriteStartMap(present);
        foreach (Field field in kind.Fields)
        {
            Cell cell = Read(field, row);
            if (cell.Form != CellForm.Missing)
            {
                writer.WriteName(field.Utf8Name.AsSpan());
                writer.WriteCell(cell);
            }
        }

        writer.WriteEndMap();
    }

    /// <summary>A sample's value of a field, in the unit of the wire. It is valid until the next one is read.</summary>
    public Cell Read(Field field, int row)
    {
        // The query has every field in its order, so an ordinal is an index too.
        int index = field.Ordinal;
        if (samples.IsMissing(row, index))
        {
            return Cell.Missing;
        }

        return field.Type switch
        {
            FieldType.Text => Cell.Text(samples.Text(row, index)),
            FieldType.Map => Cell.Object(samples.Text(row, index)),
            FieldType.Boolean => Cell.Boolean(samples.Number(row, index) != 0),
            FieldType.Time or FieldType.Integer or FieldType.Duration or FieldType.Number => Number(samples.Number(row, index), FieldRules.Decimals(field)),
            _ => throw new InvalidOperationException($"{field.Type} is not written."),
        };
    }

    private Cell Number(long parts, int decimals) => Cell.Number(_room.AsSpan(0, DecimalText.Write(parts, decimals, _room)), decimals);
}
