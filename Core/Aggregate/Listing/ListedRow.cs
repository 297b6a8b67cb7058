using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Listing;

/// <summary>A sample that may get onto a list's page: what orders it and where its fields are found.</summary>
/// <param name="Place">Its place.</param>
/// <param name="Id">Its id, for <see cref="ListOrder.ById"/>: as a number that is greater where the text's bytes are.</param>
/// <param name="Piece">Whatever the caller numbers its chunks by.</param>
/// <param name="Row">Its row there.</param>
internal readonly record struct ListedRow(SampleId Place, UInt128 Id, int Piece, int Row);
