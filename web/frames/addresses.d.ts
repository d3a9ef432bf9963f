/** A file as it is, by the address that it gets in the built page. */
declare module '*?url' {
  const address: string
  export default address
}
