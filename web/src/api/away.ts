/** What a proxy says while the server behind it is away. */
export const AWAY = [502, 503, 504];
