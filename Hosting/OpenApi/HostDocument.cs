using System.Globalization;
using System.Text;
using Microsoft.OpenApi;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>
/// The OpenAPI 3.1 document of a host (spec.openapis.org/oas/v3.1.1), put together from what its parts say of themselves.
/// It is made once, on the first request; only the times in its examples are those of each request. Thread safe.
/// </summary>
internal sealed class HostDocument(IEnumerable<IApiDescription> descriptions, TimeProvider clock)
{
    private readonly Lazy<byte[]> _utf8 = new(() => Serialize(Build(descriptions)));

    /// <summary>The document with present times in its examples.</summary>
    public byte[] Utf8
    {
        get
        {
            byte[] document = [.. _utf8.Value];
            DateTimeOffset now = clock.GetUtcNow();
            Replace(document, ExampleTime.Now, now);
            Replace(document, ExampleTime.HourBefore, now - TimeSpan.FromHours(1));
            return document;
        }
    }

    private static void Replace(Span<byte> document, string written, DateTimeOffset time)
    {
        byte[] from = Encoding.ASCII.GetBytes(written);
        byte[] to = Encoding.ASCII.GetBytes(time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        for (int at = document.IndexOf(from); at >= 0; at = document.IndexOf(from))
        {
            to.CopyTo(document[at..]);
            document = document[(at + to.Length)..];
        }
    }

    private static OpenApiDocument Build(IEnumerable<IApiDescription> descriptions)
    {
        OpenApiDocument document = new()
        {
            Info = new OpenApiInfo
            {
                Title = "TimeSeries",
                Version = HostVersion.Text,
                Description = "A time-series ingestion engine with a query API for application performance monitoring.",
                Contact = new OpenApiContact { Name = "The operator of this server" },
            },

            // Relative to the document's own address (OAS 3.1, 4.8.5), so that it is right below any prefix of a proxy.
            Servers = [new OpenApiServer { Url = ".." }],
            Tags = new HashSet<OpenApiTag>(),
            Components = new OpenApiComponents(),
        };
        foreach (IApiDescription description in descriptions)
        {
            description.AddTo(document);
        }

        // References are made without a document. The serializer leaves out security requirements whose scheme it can't resolve.
        document.SetReferenceHostDocument();
        return document;
    }

    private static byte[] Serialize(OpenApiDocument document)
    {
        MemoryStream utf8 = new();
        using (StreamWriter text = new(utf8, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true))
        {
            document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        }

        return utf8.ToArray();
    }
}

/// <summary>What one part of a host says of its endpoints. Registered as a service by whoever maps them, so that each host describes what it serves.</summary>
public interface IApiDescription
{
    /// <summary>Adds the operations, and the schemas and security schemes that they name.</summary>
    void AddTo(OpenApiDocument document);
}

/// <summary>Times of examples that callers may send as they stand: written so in descriptions, and replaced where the document is read.</summary>
public static class ExampleTime
{
    /// <summary>Stands for the present, in ms.</summary>
    public const string Now = "1800000000000";

    /// <summary>Stands for an hour before it.</summary>
    public const string HourBefore = "1799996400000";
}
