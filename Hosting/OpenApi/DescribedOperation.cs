using Microsoft.OpenApi;

namespace TimeSeries.Hosting.OpenApi;

/// <summary>An operation and where it is called.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with parameters in braces.</param>
/// <param name="Operation">The operation, without its tag.</param>
public readonly record struct DescribedOperation(HttpMethod Method, string Path, OpenApiOperation Operation);
