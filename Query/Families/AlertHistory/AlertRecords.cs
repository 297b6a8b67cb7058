using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>Alerts themselves: a page of the history, newest first, then by id; or one of them with its annotations.</summary>
internal static class AlertRecords
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Alert);

    // Past every alert, and a page behind it is still a number of 64 bits.
    private const long MaxOffset = long.MaxValue - int.MaxValue;

    // In the order of At.
    private static readonly ImmutableArray<int> _fields =
    [
        _schema.Ordinal("id"), KindSchema.Time, _schema.Ordinal("severity"), _schema.Ordinal("source"), _schema.Ordinal("title"),
        _schema.Ordinal("description"), _schema.Ordinal("labels"), _schema.Ordinal("annotations"),
    ];

    private static readonly ImmutableArray<string> _columns = ["id", "timestamp", "severity", "source", "title", "description", "labels", "annotations"];

    // The index of each field in the queries below.
    private enum At
    {
        Id, Time, Severity, Source, Title, Description, Labels, Annotations,
    }

    public static ListQuery PageQuery(long pcode, TimeRange range, ImmutableArray<Filter> filters, long page, int pageSize) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = range,
        Filters = filters,
        Fields = _fields[..(int)At.Annotations],
        Order = ListOrder.ById,
        Offset = (long)Int128.Min((Int128)(page - 1) * pageSize, MaxOffset),
        Limit = pageSize,
        CountTotal = true,
    };

    public static ListQuery OneQuery(long pcode, Guid id) => new()
    {
        Pcode = pcode,
        Kind = Kind.Alert,
        Range = TimeRange.All,
        Filters = [Filter.OfTexts(_schema.Ordinal("id"), FilterOperator.AnyOf, id.ToString("D"))],
        Fields = _fields,
        Order = ListOrder.ById,
        Limit = 1,
    };

    public static async Task WritePageAsync(HttpContext context, SampleList list, long page, int pageSize)
    {
        await using JsonResponse response = await JsonResponse.StartAsync(context);
        CellTable table = Table(list, (int)At.Annotations);
        JsonValueWriter writer = new(response.Json);
        writer.WriteStartMap(0);
        writer.WriteStartArray("records"u8, list.RowCount);
        for (int row = 0; row < list.RowCount; row++)
        {
            table.WriteObject(writer, row);
            await response.FlushWhenFullAsync();
        }

        writer.WriteEndArray();
        writer.WriteNumber("totalCount"u8, list.Total);
        writer.WriteNumber("page"u8, page);
        writer.WriteNumber("pageSize"u8, pageSize);
        writer.WriteNumber("totalPages"u8, Pages(list.Total, pageSize));
        writer.WriteEndMap();
    }

    /// <summary>Writes a page as CSV, with what JSON has around its records in headers.</summary>
    public static Task WritePageCsvAsync(HttpContext context, SampleList list, long page, int pageSize)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["x-total-count"] = list.Total.ToString(CultureInfo.InvariantCulture);
        headers["x-page"] = page.ToString(CultureInfo.InvariantCulture);
        headers["x-page-size"] = pageSize.ToString(CultureInfo.InvariantCulture);
        headers["x-total-pages"] = Pages(list.Total, pageSize).ToString(CultureInfo.InvariantCulture);
        return Table(list, (int)At.Annotations).WriteCsvAsync(context);
    }

    public static async Task WriteOneAsync(HttpContext context, SampleList list)
    {
        await using JsonResponse response = await JsonResponse.StartAsync(context);
        bool hasAnnotations = !list.IsMissing(0, (int)At.Annotations);
        Table(list, hasAnnotations ? _columns.Length : (int)At.Annotations).WriteObject(new JsonValueWriter(response.Json), 0);
    }

    public static Task WriteOneCsvAsync(HttpContext context, SampleList list) => Table(list, _columns.Length).WriteCsvAsync(context);

    // Maps are kept as JSON.
    private static CellTable Table(SampleList list, int columns) => new(_columns[..columns], list.RowCount, (row, column) => (At)column switch
    {
        At.Time => Cell.Text(Encoding.UTF8.GetBytes(AlertMoment.Format(list.Number(row, column)))),
        At.Labels => Cell.Object(list.IsMissing(row, column) ? "{}"u8 : list.Text(row, column)),
        At.Annotations => Cell.Object(list.Text(row, column)),
        _ => Cell.Text(list.Text(row, column)),
    });

    private static long Pages(long total, int pageSize) => (total + pageSize - 1) / pageSize;
}
