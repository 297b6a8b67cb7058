using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>The status codes of gRPC, as the status of HTTP that says the same.</summary>
internal static class GrpcStatus
{
    // By the code of gRPC.
    private static readonly ImmutableArray<(string Name, long Http)> _codes =
    [
        ("OK", 200), ("CANCELLED", 499), ("UNKNOWN", 500), ("INVALID_ARGUMENT", 400), ("DEADLINE_EXCEEDED", 504), ("NOT_FOUND", 404), ("ALREADY_EXISTS", 409),
        ("PERMISSION_DENIED", 403), ("RESOURCE_EXHAUSTED", 429), ("FAILED_PRECONDITION", 400), ("ABORTED", 409), ("OUT_OF_RANGE", 400),
        ("UNIMPLEMENTED", 501), ("INTERNAL", 500), ("UNAVAILABLE", 503), ("DATA_LOSS", 500), ("UNAUTHENTICATED", 401),
    ];

    private const long Unknown = 500;

    /// <summary>The status that a span's gRPC code means; null when it has none.</summary>
    public static long? Find(AttributeTable attributes, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> name = attributes.Text(AttributeField.GrpcStatusName, body);
        if (!name.IsEmpty && !(Utf8Parser.TryParse(name, out int code, out int read) && read == name.Length))
        {
            foreach ((string known, long http) in _codes)
            {
                if (Ascii.EqualsIgnoreCase(name, known))
                {
                    return http;
                }
            }

            return Unknown;
        }

        long? number = attributes.Number(AttributeField.GrpcStatusName, body) ?? attributes.Number(AttributeField.GrpcStatus, body);
        return number is { } given ? given >= 0 && given < _codes.Length ? _codes[(int)given].Http : Unknown : null;
    }
}
