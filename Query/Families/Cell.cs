using System.Text.Json;

namespace TimeSeries.Query.Families;

/// <summary>One value of an answer as UTF-8, so that it reads the same in every format.</summary>
internal readonly ref struct Cell(CellForm form, ReadOnlySpan<byte> utf8)
{
    public CellForm Form { get; } = form;

    public ReadOnlySpan<byte> Utf8 { get; } = utf8;

    public static Cell Missing => default;

    public static Cell Literal(ReadOnlySpan<byte> utf8) => new(CellForm.Literal, utf8);

    public static Cell Text(ReadOnlySpan<byte> utf8) => new(CellForm.Text, utf8);

    public static Cell Object(ReadOnlySpan<byte> utf8) => new(CellForm.Object, utf8);

    public void WriteTo(Utf8JsonWriter json)
    {
        switch (Form)
        {
            case CellForm.Missing:
                json.WriteNullValue();
                break;
            case CellForm.Literal or CellForm.Object:
                json.WriteRawValue(Utf8, skipInputValidation: true);
                break;
            case CellForm.Text:
                json.WriteStringValue(Utf8);
                break;
        }
    }
}
