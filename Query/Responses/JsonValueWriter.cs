using System.Text.Json;

namespace TimeSeries.Query.Responses;

/// <summary>Writes values as JSON.</summary>
internal sealed class JsonValueWriter(Utf8JsonWriter json) : IValueWriter
{
    public void WriteStartMap(int count) => json.WriteStartObject();

    public void WriteEndMap() => json.WriteEndObject();

    public void WriteStartArray(int count) => json.WriteStartArray();

    public void WriteEndArray() => json.WriteEndArray();

    public void WriteName(ReadOnlySpan<byte> utf8) => json.WritePropertyName(utf8);

    public void WriteCell(Cell cell)
    {
        switch (cell.Form)
        {
            case CellForm.Missing:
                json.WriteNullValue();
                break;
            case CellForm.Boolean or CellForm.Integer or CellForm.Fraction or CellForm.Object:
                json.WriteRawValue(cell.Utf8, skipInputValidation: true);
                break;
            case CellForm.Text:
                json.WriteStringValue(cell.Utf8);
                break;
        }
    }

    public void Flush() => json.Flush();

    /// <summary>Forgets what was not flushed, and begins a new value.</summary>
    public void Reset() => json.Reset();
}
